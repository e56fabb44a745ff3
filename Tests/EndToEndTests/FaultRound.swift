// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage

/// A daemon in the middle of a scan whose disk becomes sick, and well again after a while.
struct FaultRound {
    let home: RunningDaemon.Home
    let disk: SickDisk
    let fault: WriteFaultTests.Fault
    private var random: SplitMix

    /// The jobs that were acknowledged, whatever could be written then.
    private var acknowledged: Set<Int64> = []

    /// The longest that a daemon may take to say that it stands still, and to go on after the cure.
    private static let patience: Duration = .seconds(10)

    init(home: RunningDaemon.Home, disk: SickDisk, fault: WriteFaultTests.Fault, seed: UInt64) {
        (self.home, self.disk, self.fault) = (home, disk, fault)
        random = SplitMix(seed: seed)
    }

    consuming func run() async throws -> Verdict {
        var verdict = Verdict()
        let library = try ShakenLibrary(home.directory, books: 150, &random)
        var daemon = try await RunningDaemon(home)
        if Bool.random(using: &random) {
            verdict.add(try await daemon.rest())
            library.learn(try await daemon.books())
            for _ in 0..<10 { try library.change(&random) }
            verdict.add(try await askForScan(daemon))
        }
        // As long as so many answers take, of a scan that goes on meanwhile.
        for _ in 0..<Int.random(in: 0...60, using: &random) { _ = try await daemon.status() }
        try await disk.sicken(under: daemon, &random)
        verdict.add(try await standstill(of: daemon, library))
        if fault.sickness == .readOnly {
            let code = await daemon.end(by: SIGTERM)
            verdict.expect(code == 0, "on a read-only disk it ends with \(code)")
            try await disk.cure()
            daemon = try await RunningDaemon(home)
        } else {
            try await disk.cure()
            verdict.add(try await recovery(of: daemon))
        }
        verdict.add(try await daemon.rest())
        verdict.add(library.judge(try await daemon.books(), try await daemon.problems()))
        let jobs = try await daemon.jobs()
        let forgotten = acknowledged.subtracting(jobs.map(\.id))
        verdict.expectNone(forgotten.map { "\($0)" }, "acknowledged jobs that are gone")
        for job in jobs where job.state != "completed" {
            verdict.complain("job \(job.id) is \(job.state): \(job.error?.detail ?? "")")
        }
        verdict.add(try await Remains(home: home).judgeEvents(jobs, told: try await daemon.keptEvents()))
        let code = await daemon.end(by: SIGTERM)
        verdict.expect(code == 0, "it ends with \(code)")
        verdict.add(try await Remains(home: home).judge())
        return verdict
    }

    /// Asks for a scan of everything, which is promised or refused with the reason.
    private mutating func askForScan(_ daemon: RunningDaemon) async throws -> Verdict {
        var verdict = Verdict()
        let request = try ControlRequest(.scan, "books", body: ScanRequest(force: true))
        let response = try await daemon.client.send(request)
        if 200..<300 ~= response.status {
            acknowledged.insert(try response.object(JobSummary.self, from: request).id)
        } else {
            let code = response.fault(from: request).code
            verdict.expect(response.status == 503 && code == "state_not_writable", "\(response.status) \(code)")
        }
        return verdict
    }

    /// Waits until the daemon says that it stands still, and looks at it then; it is given work all the time.
    private mutating func standstill(of daemon: RunningDaemon, _ library: ShakenLibrary) async throws -> Verdict {
        var verdict = Verdict()
        let end = ContinuousClock.now + FaultRound.patience
        var status = try await daemon.status()
        while status.queue.state != "stalled", ContinuousClock.now < end {
            // It may be refused, and it may be a while until the disk is asked for more than it has.
            verdict.add(try await askForScan(daemon))
            try library.change(&random)
            status = try await daemon.status()
        }
        verdict.expect(status.queue.state == "stalled", "it does not say that it stands still")
        verdict.expect(status.queue.reason?.contains(fault.directory) == true, "it says: \(status.queue.reason ?? "")")
        verdict.expect(status.warnings.contains { $0.code == "queue_stalled" }, "it does not warn")
        let shown = try await daemon.control("status")
        verdict.expect(shown.code == 0 && shown.output.contains("stalled"), "stumpctl shows: \(shown.output)")
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            try library.change(&random)
            let start = ContinuousClock.now
            _ = try await daemon.status()
            _ = try await daemon.books()
            let time = ContinuousClock.now - start
            verdict.expect(time < .seconds(5), "it answers after \(time)")
            verdict.add(try await askForScan(daemon))
        }
        if !disk.isFickle {
            let state = try await daemon.status().queue.state
            verdict.expect(state == "stalled", "it goes on, though nothing has changed")
        }
        return verdict
    }

    private func recovery(of daemon: RunningDaemon) async throws -> Verdict {
        var verdict = Verdict()
        let cure = ContinuousClock.now
        // Who was deceived before looks less often by itself.
        if disk.isFickle { _ = try await daemon.client.send(ControlRequest(.resumeQueue)) }
        while try await daemon.status().queue.state != "running", ContinuousClock.now - cure < FaultRound.patience {}
        let time = ContinuousClock.now - cure
        verdict.expect(time < FaultRound.patience, "it stands still \(time) after the cure")
        return verdict
    }
}
