// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("The database is copied and tended", .timeLimit(.minutes(2)))
struct CareJobTests {
    private func run(_ request: LibraryStore.JobRequest, on bench: ScanBench) async throws -> Job {
        let id = try await bench.store.request(request).job.id
        try await bench.serve()
        return try await bench.job(id)
    }

    private func log(_ job: Job, of bench: ScanBench) async throws -> [String] {
        try await bench.store.log(of: job.id, after: 0, limit: 100).map(\.message)
    }

    @Test func `a backup is a database of which SQLite's own program says that it is sound`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(20, in: "S")
        try await bench.scan()
        let job = try await run(.backup(trigger: .user), on: bench)
        #expect(job.state == .completed && job.library == nil)
        let line = try #require(try await log(job, of: bench).first { $0.hasPrefix("the database was copied to ") })
        let path = try #require(line.dropFirst("the database was copied to ".count).split(separator: ",").first)
        let answer = try OutsideProgram.run(
            "/usr/bin/sqlite3",
            String(path),
            "PRAGMA integrity_check; SELECT count(*) FROM book"
        )
        #expect(answer == "ok\n20\n")
    }

    @Test func `maintenance forgets what is older than the history, and checks all of the database once a week`()
        async throws
    {
        let bench = try await ScanBench()
        var ids: [Int64] = []
        for _ in 0..<30 { ids.append(try await bench.scan().id) }
        let first = try await run(.maintenance(trigger: .schedule), on: bench)
        #expect(first.state == .completed)
        #expect(try await log(first, of: bench).contains("the database was checked, and is sound"))
        #expect(try await bench.jobs(.libraryScan).count == 30)

        bench.pass(HistoryRule.usualAge + .seconds(1))
        let second = try await run(.maintenance(trigger: .schedule), on: bench)
        #expect(try await log(second, of: bench).contains("10 old jobs were forgotten"))
        #expect(try await bench.jobs(.libraryScan).map(\.id) == ids.suffix(20).reversed())
        #expect(try await log(second, of: bench).contains("the database was checked, and is sound"))

        bench.pass(.seconds(6 * 86_400))
        let third = try await run(.maintenance(trigger: .schedule), on: bench)
        #expect(try await log(third, of: bench) == ["started", "completed"], "nothing was due")
        let asked = try await run(.maintenance(trigger: .user), on: bench)
        #expect(try await log(asked, of: bench).contains("the database was checked, and is sound"))
    }

    @Test func `a check that finds damage fails the job and names it`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(3, in: "S")
        try await bench.scan()
        try await bench.store.pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; DELETE FROM series; PRAGMA foreign_keys = ON")
        }
        let job = try await run(.maintenance(trigger: .user), on: bench)
        #expect(job.state == .failed && job.errorCode == "database_damaged" && job.failures == 0)
    }

    @Test func `work that knows nothing of jobs ends when its job is stopped, whenever that is`() async throws {
        let bench = try await ScanBench()
        let id = try await bench.store.request(.backup(trigger: .user)).job.id
        let job = try await bench.job(id)
        let control = JobControl(job, phase: .copy, at: bench.clock.now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: JobStopped.self) {
                    try await control.cancelling { try await bench.clock.sleep(until: bench.clock.now + .seconds(60)) }
                }
            }
            await bench.clock.sleepers(1)
            control.stop(.order(.cancel))
            try await group.waitForAll()
        }
        await #expect(throws: JobStopped.self) {
            try await control.cancelling { Issue.record("it was stopped before") }
        }
    }
}
