// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

/// Short here; `make crash-test RUNS=200` runs it at length, and `SEED=n RUNS=1` again what a run found.
@Suite("Killed at any moment, whatever it does, it keeps what it promised", .with("sqlite3"))
struct CrashCampaignTests {
    private static let campaign = Campaign("crash", shortRuns: 2)

    @Test func `no book is lost or twice, no job forgotten or stuck, no thumbnail torn or left behind`() async throws {
        var asked = 0
        for seed in CrashCampaignTests.campaign.seeds { asked += try await run(seed) }
        #expect(asked > 0, "nothing was ever acknowledged")
    }

    /// Runs it once; gives how many requests were acknowledged.
    private func run(_ seed: UInt64) async throws -> Int {
        var random = SplitMix(seed: seed)
        let home = try RunningDaemon.Home()
        let library = try ShakenLibrary(home.directory, books: 120, &random)
        var verdict = Verdict()
        var round = CrashRound(random: random)
        do {
            var daemon = try await RunningDaemon(home)
            // Or in the middle of the first scan.
            if Int.random(in: 0..<4, using: &random) != 0 {
                verdict.add(try await daemon.rest())
                library.learn(try await daemon.books())
            }
            for _ in 0..<Int.random(in: 2...4, using: &random) {
                verdict.add(try await round.shake(daemon, library))
                daemon = try await round.restart(home)
                verdict.add(round.promises.judge(try await daemon.status(), try await daemon.jobs()))
            }
            verdict.add(try await daemon.rest())
            verdict.add(library.judge(try await daemon.books(), try await daemon.problems()))
            let jobs = try await daemon.jobs()
            verdict.add(round.promises.judgeEnd(jobs))
            verdict.add(try await Remains(home: home).judgeEvents(jobs, told: try await daemon.keptEvents()))
            let code = await daemon.end(by: SIGTERM)
            verdict.expect(code == 0, "it ends with \(code)")
            verdict.expect(!daemon.log.contains("Fatal error"), "it crashed by itself")
            verdict.add(try await Remains(home: home).judge())
        } catch {
            verdict.complain("the run ended with \(error)")
        }
        await CrashCampaignTests.campaign.report(verdict, seed: seed, home)
        return round.promises.count
    }
}
