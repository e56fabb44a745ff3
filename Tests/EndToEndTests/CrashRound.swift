// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage

/// Asks a daemon for this and that, changes its library, and kills it meanwhile.
struct CrashRound {
    var random: SplitMix
    private(set) var promises = Promises()

    init(random: SplitMix) {
        self.random = random
    }

    /// The most steps that a daemon lives through.
    private static let steps = 60

    /// Ends a daemon by a kill between or in the middle of steps, and of what it writes for them.
    mutating func shake(_ daemon: RunningDaemon, _ library: ShakenLibrary) async throws -> Verdict {
        var verdict = Verdict()
        let limit = [20, 200, 2000][Int.random(in: 0..<3, using: &random)]
        let touches = Int.random(in: 1...limit, using: &random)
        let tripwire = try Tripwire(daemon.abandon(), touches: touches, of: daemon.home.state)
        steps: for _ in 0..<CrashRound.steps {
            if Int.random(in: 0..<3, using: &random) == 0 {
                try library.change(&random)
            } else {
                do {
                    verdict.add(try await ask(daemon.client, library))
                } catch is ControlFault {
                    // It is dead, or dies.
                    break steps
                }
            }
        }
        tripwire.spring()
        let code = await tripwire.end()
        verdict.expect(code == 128 + SIGKILL, "it ended by itself with \(code)")
        // While nobody looks.
        for _ in 0..<Int.random(in: 0...2, using: &random) { try library.change(&random) }
        return verdict
    }

    /// How often a daemon touches its state at the least before it is ready.
    private static let touchesOfAStart = 8

    /// Starts a daemon; sometimes others before it, that are killed before they are ready.
    mutating func restart(_ home: RunningDaemon.Home) async throws -> RunningDaemon {
        for _ in 0..<max(0, Int.random(in: -2...2, using: &random)) {
            let touches = Int.random(in: 1...CrashRound.touchesOfAStart, using: &random)
            let process = try await RunningDaemon(home, awaitsReady: false).abandon()
            _ = await (try Tripwire(process, touches: touches, of: home.state)).end()
        }
        return try await RunningDaemon(home)
    }

    // MARK: Asking

    private mutating func ask(_ client: ControlClient, _ library: ShakenLibrary) async throws -> Verdict {
        switch Int.random(in: 0..<24, using: &random) {
        case 0...3: return try await scan(ScanRequest(), client)
        case 4, 5:
            let folder = library.folders[Int.random(in: library.folders.indices, using: &random)]
            return try await scan(ScanRequest(paths: [library.root.appending(folder).string]), client)
        case 6, 7: return try await scan(ScanRequest(force: true), client)
        case 8: return try await scan(ScanRequest(thumbnails: true), client)
        case 9: return try await scan(ScanRequest(mode: "sync"), client)
        case 10: return try await scan(ScanRequest(dryRun: true), client)
        case 11:
            return try await promises.ask(client, ControlRequest(.analyze, "books", body: AnalyzeRequest()), for: .job)
        case 12: return try await promises.ask(client, ControlRequest(.backup), for: .job)
        case 13...16: return try await order(.cancelJob, .cancel, client)
        case 17, 18: return try await order(.pauseJob, .pause, client)
        case 19, 20: return try await order(.resumeJob, .run, client)
        case 21: return try await retry(client)
        case 22: return try await pauseQueue(client)
        default: return try await pauseLibrary(client)
        }
    }

    private mutating func scan(_ scan: ScanRequest, _ client: ControlClient) async throws -> Verdict {
        try await promises.ask(client, ControlRequest(.scan, "books", body: scan), for: .job)
    }

    private mutating func order(
        _ route: Route,
        _ order: Promises.Order,
        _ client: ControlClient
    ) async throws -> Verdict {
        guard let job = try await anyJob(client) else { return Verdict() }
        return try await promises.ask(client, ControlRequest(route, job), for: .order(order, of: job))
    }

    private mutating func retry(_ client: ControlClient) async throws -> Verdict {
        guard let job = try await anyJob(client, "cancelled") else { return Verdict() }
        return try await promises.ask(client, ControlRequest(.retryJob, job), for: .job)
    }

    /// One that runs, waits or is paused, if there is any.
    private mutating func anyJob(_ client: ControlClient, _ state: String? = nil) async throws -> Int64? {
        let state = state ?? ["running", "queued", "paused", "running"][Int.random(in: 0..<4, using: &random)]
        let jobs = ControlRequest(.jobs, query: ["state": state, "limit": "10"])
        return try await client.get(Page<JobSummary>.self, jobs).items.randomElement(using: &random)?.id
    }

    /// It is seldom paused for long, or nothing would ever happen.
    private mutating func pauseQueue(_ client: ControlClient) async throws -> Verdict {
        let isPaused = Int.random(in: 0..<3, using: &random) == 0
        let request = ControlRequest(isPaused ? .pauseQueue : .resumeQueue)
        return try await promises.ask(client, request, for: .queuePaused(isPaused))
    }

    private mutating func pauseLibrary(_ client: ControlClient) async throws -> Verdict {
        let isPaused = Int.random(in: 0..<3, using: &random) == 0
        let request = ControlRequest(isPaused ? .pauseLibrary : .resumeLibrary, "books")
        return try await promises.ask(client, request, for: .libraryPaused(isPaused))
    }
}
