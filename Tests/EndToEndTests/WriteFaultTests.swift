// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

/// Short here; `make crash-test RUNS=200` runs it at length, and `SEED=n RUNS=1` again what a run found.
@Suite("A disk that cannot be written holds the queue up, and nothing else", .asRoot, .withMounts, .with("sqlite3"))
struct WriteFaultTests {
    /// Where the disk is mounted, and what is wrong with it.
    struct Fault: Sendable, CustomStringConvertible {
        let directory: String
        let sickness: SickDisk.Sickness

        var description: String { "\(directory) \(sickness)" }

        static var all: [Fault] {
            let state = SickDisk.Sickness.allCases.filter { $0.refusal == nil }
            return state.map { Fault(directory: "state", sickness: $0) } + [Fault(directory: "cache", sickness: .full)]
        }
    }

    private static let campaign = Campaign("write-fault", shortRuns: 1)

    @Test func `it says so, answers all the time, loses nothing, and goes on by itself`() async throws {
        for seed in WriteFaultTests.campaign.seeds {
            // Most of the time is waiting, so all wait together.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for fault in Fault.all { group.addTask { try await run(fault, seed) } }
                try await group.waitForAll()
            }
        }
    }

    private func run(_ fault: Fault, _ seed: UInt64) async throws {
        var home = try RunningDaemon.Home()
        home.mounts = try await PrivateMounts(beside: home.directory)
        let point = home.directory.path.appending(fault.directory)
        let disk = try await SickDisk(fault.sickness, at: point, of: home)
        var verdict = Verdict()
        do {
            verdict.add(try await FaultRound(home: home, disk: disk, fault: fault, seed: seed).run())
        } catch {
            verdict.complain("the run ended with \(error)")
        }
        await WriteFaultTests.campaign.report(verdict, seed: seed, home, of: "\(fault)")
    }
}
