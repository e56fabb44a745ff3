// SPDX-License-Identifier: MIT
import FoundationEssentials
import Support
import SystemPackage
import Testing

/// Runs of steps at random, each with a seed of its own.
///
/// `CRASH_RUNS` says how many, `CRASH_SEED` with which seed they begin: a seed gives the same steps again, though the
/// moment at which they meet the daemon is the machine's. What a run leaves behind is copied to the directory
/// `CRASH_KEEP` where anything was wrong with it.
struct Campaign {
    let name: String
    let runs: Int
    private let firstSeed: UInt64
    private let keep: String?

    /// A campaign of `shortRuns` runs where nobody asked for a number.
    init(_ name: String, shortRuns: Int) {
        let environment = ProcessInfo.processInfo.environment
        self.name = name
        runs = environment["CRASH_RUNS"].flatMap { Int($0) } ?? shortRuns
        firstSeed = environment["CRASH_SEED"].flatMap { UInt64($0) } ?? 1
        keep = environment["CRASH_KEEP"]
    }

    /// The seeds of all runs, in order.
    var seeds: [UInt64] { (0..<runs).map { firstSeed &+ UInt64($0) } }

    /// Tells what was wrong with a run, and how to have it again.
    func report(_ verdict: Verdict, seed: UInt64, _ home: RunningDaemon.Home, of what: String = "") async {
        let run = "\(name)\(what.isEmpty ? "" : ", \(what)"), SEED=\(seed)"
        for complaint in verdict.complaints { Issue.record("\(complaint) (\(run))") }
        if verdict.complaints.isEmpty {
            if runs > 10, (seed &- firstSeed) % 10 == 9 { print("crash-test: \(name): \(seed &- firstSeed + 1) runs") }
            return
        }
        print("crash-test: \(run) failed; again: make crash-test RUNS=1 SEED=\(seed)")
        guard let keep else { return }
        let copy = "\(keep)/\(name)-\(what)-\(seed)".replacing(" ", with: "-")
        try? FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
        _ = try? await home.run("/bin/cp", ["-a", home.directory.path.string, copy])
    }
}

/// What is wrong with a run; nothing, in the end.
struct Verdict {
    private(set) var complaints: [String] = []

    /// Complains where something is not right.
    mutating func expect(_ isRight: Bool, _ complaint: @autoclosure () -> String) {
        if !isRight { complaints.append(complaint()) }
    }

    mutating func complain(_ complaint: String) {
        complaints.append(complaint)
    }

    /// Names some of the things that should not be.
    mutating func expectNone(_ things: some Collection<String>, _ what: String) {
        if things.isEmpty { return }
        complaints.append("\(what): \(things.count), \(things.sorted().prefix(5).joined(separator: ", "))")
    }

    mutating func add(_ other: Verdict) {
        complaints += other.complaints
    }
}
