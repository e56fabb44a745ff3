// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import Synchronization
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("The past is kept for a while, and costs the present nothing")
struct HistoryTests {
    private let bench: StoreBench
    private var store: LibraryStore { bench.store }
    private static let day = Duration.seconds(86_400)

    init() async throws {
        bench = try await StoreBench()
    }

    /// Finished jobs that end a second after each other, each with a directory, a line of its log and an event.
    private func finish(
        _ count: Int,
        library: String = "1",
        kind: String = "library_scan",
        lane: String = "scan"
    )
        async throws
    {
        let now = bench.time.look().nanoseconds
        try await store.pool.write { db in
            let first = (try Int64.fetchOne(db, sql: "SELECT max(id) FROM job") ?? 0) + 1
            try db.execute(
                sql: """
                    WITH RECURSIVE number (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM number WHERE n + 1 < \(count))
                    INSERT INTO job (kind, lane, library_id, state, "trigger", priority, options, created_at, started_at,
                        finished_at, is_open)
                    SELECT '\(kind)', '\(lane)', \(library), 'completed', 'user', 2, '{}', t, t, t, 0
                    FROM (SELECT \(now) + n * 1000000000 AS t FROM number);
                    INSERT INTO job_directory (job_id, path, is_deep) SELECT id, x'41', 1 FROM job WHERE id >= \(first);
                    INSERT INTO job_log (job_id, at, level, message)
                    SELECT id, finished_at, 'info', 'completed' FROM job WHERE id >= \(first);
                    INSERT INTO event (at, type, job_id, data)
                    SELECT finished_at, 'job.completed', id, '{}' FROM job WHERE id >= \(first);
                    """
            )
        }
        bench.time.move(by: .seconds(count))
    }

    private func count(_ table: String) async throws -> Int {
        try await store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }

    // MARK: Forgetting

    @Test func `what is too old goes with its directories and its log, but the last 20 of each and all events stay`()
        async throws
    {
        try await finish(30)
        try await finish(25, library: "2")
        try await finish(25, library: "NULL", kind: "backup", lane: "backup")
        bench.time.move(by: Self.day * 100)
        try await finish(5)
        let waiting = try await bench.request().job.id
        #expect(try await store.prune(olderThan: Self.day * 90) == 10 + 5 + 5 + 5)
        for table in ["job_directory", "job_log"] {
            #expect(try await count(table) == 60 + (table == "job_log" ? 0 : 1))
        }
        #expect(try await count("job") == 61)
        #expect(try await bench.events().count == 86)
        #expect(try await store.prune(olderThan: Self.day * 90) == 0)
        // Of the first library 15 old ones, and the five that are not.
        let comics = try await store.jobs(LibraryStore.JobFilter(library: bench.comics)).map(\.id)
        #expect(comics == [waiting] + (81...85).reversed() + (16...30).reversed())
    }

    @Test func `events go when they are too old, whatever the jobs, and who reads on knows whether it missed some`()
        async throws
    {
        #expect(try await !store.lacksEvents(after: 0))
        try await finish(30)
        bench.time.move(by: Self.day * 100)
        try await finish(5)
        #expect(try await !store.lacksEvents(after: 0))
        try await store.pruneEvents(olderThan: Self.day * 90)
        #expect(try await bench.events().map(\.id) == (31...35).map { $0 })
        #expect(try await count("job") == 35)
        #expect(try await store.lacksEvents(after: 0))
        #expect(try await store.lacksEvents(after: 29))
        for known in [30, 31, 35] as [Int64] { #expect(try await !store.lacksEvents(after: known)) }
        bench.time.move(by: Self.day * 100)
        try await store.pruneEvents(olderThan: Self.day * 90)
        #expect(try await bench.events().isEmpty)
        #expect(try await store.lacksEvents(after: 34))
        #expect(try await !store.lacksEvents(after: 35))
    }

    @Test func `an event that no event has come up to is of another database`() async throws {
        #expect(try await store.lacksEvents(after: 1))
        try await finish(3)
        #expect(try await !store.lacksEvents(after: 3))
        #expect(try await store.lacksEvents(after: 4))
    }

    @Test func `where the clock was set back, what is gone in the middle is missed as well`() async throws {
        bench.time.move(by: Self.day * 50)
        try await finish(1)
        bench.time.move(by: Self.day * -50)
        try await finish(2)
        bench.time.move(by: Self.day * 95)
        try await store.pruneEvents(olderThan: Self.day * 90)
        #expect(try await bench.events().map(\.id) == [1])
        #expect(try await store.lacksEvents(after: 1))
        #expect(try await !store.lacksEvents(after: 3))
    }

    @Test func `what is young enough, or has not ended, stays`() async throws {
        let paused = try await bench.request().job.id
        _ = try await store.pause(paused)
        let running = try await bench.start().id
        try await finish(100)
        bench.time.move(by: Self.day * 100)
        #expect(try await store.prune(olderThan: Self.day * 101) == 0)
        #expect(try await store.prune(olderThan: Self.day) == 80)
        #expect(try await store.job(paused).state == .paused)
        #expect(try await store.job(running).state == .running)
    }

    @Test func `an age that no history has is no harm`() async throws {
        try await finish(30)
        bench.time.move(by: Self.day)
        #expect(try await store.prune(olderThan: .seconds(Int64.max)) == 0)
        try await store.pruneEvents(olderThan: .seconds(Int64.max))
        #expect(try await bench.events().count == 30)
        #expect(try await store.prune(olderThan: .zero) == 10)
        try await store.pruneEvents(olderThan: .zero)
        #expect(try await bench.events().isEmpty)
    }

    @Test func `thousands are forgotten in short transactions`() async throws {
        try await finish(2020)
        bench.time.move(by: Self.day)
        let counter = TransactionCounter()
        store.pool.add(transactionObserver: counter, extent: .databaseLifetime)
        #expect(try await store.prune(olderThan: .zero) == 2000)
        #expect(try await count("job_log") == 20)
        try await store.pruneEvents(olderThan: .zero)
        // Four of jobs; of events five, the last of 20.
        #expect(counter.changes.map { $0.jobs } == [500, 500, 500, 500, 0, 0, 0, 0, 0])
        #expect(counter.changes.map { $0.events } == [0, 0, 0, 0, 500, 500, 500, 500, 20])
    }

    // MARK: No burden

    @Test func `with ten thousand jobs in the past the queue looks at none of them`() async throws {
        try await finish(5000)
        try await finish(5000, library: "2")
        let plans = try await plans {
            for round in 0..<2 {
                let job = try await bench.request().job.id
                _ = try await bench.request(deep: "A")
                _ = try await bench.request(.library, ScanOptions(dryRun: true))
                _ = try await store.claim([.scan, .dryRun])
                _ = try await store.claim([.backup])
                _ = try await store.orders()
                _ = try await store.nextAttempt()
                _ = try await store.pool.read { try $0.jobCounts() }
                _ = try await store.openScans()
                _ = try await store.requestThumbnails(of: bench.comics, causedBy: nil)
                _ = try await store.jobs(LibraryStore.JobFilter(state: .running))
                _ = try await store.jobs(LibraryStore.JobFilter(state: .queued, kind: .libraryScan))
                _ = try await store.changes(of: job)
                _ = try await store.pause(job)
                _ = try await store.rescue()
                if round == 0 { _ = try await store.resume(job) }
            }
        }
        #expect(plans.count > 20)
        for (sql, plan) in plans {
            for step in plan where step.hasPrefix("SCAN") {
                #expect(step == "SCAN CONSTANT ROW" || step.hasPrefix("SCAN setting"), "\(sql): \(step)")
            }
        }
    }

    @Test func `forgetting and listing go by an index or by the id`() async throws {
        try await finish(10_000)
        let plans = try await plans {
            _ = try await store.prune(olderThan: Self.day)
            try await store.pruneEvents(olderThan: Self.day)
            _ = try await store.jobs(LibraryStore.JobFilter(limit: 10))
        }
        for (sql, plan) in plans {
            #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(sql): \(plan)")
            #expect(!plan.contains("SCAN event") && !plan.contains("SCAN job_log"), "\(sql): \(plan)")
        }
        #expect(plans.values.contains { $0.contains("SEARCH event USING COVERING INDEX event_at (at<?)") })
    }

    /// How SQLite goes about each statement that `body` has it run.
    private func plans(of body: () async throws -> Void) async throws -> [String: [String]] {
        let seen = Mutex<Set<String>>([])
        let note: @Sendable (Database) -> Void = { db in
            db.trace { event in
                guard case .statement(let statement) = event else { return }
                seen.withLock { _ = $0.insert(statement.sql) }
            }
        }
        try await store.pool.writeWithoutTransaction(note)
        try await store.pool.read(note)
        try await body()
        let verbs = ["SELECT", "UPDATE", "INSERT", "DELETE", "WITH"]
        let statements = seen.withLock { $0 }.filter { sql in verbs.contains { sql.hasPrefix($0) } }
        return try await store.pool.writeWithoutTransaction { db in
            db.trace(options: [])
            return try statements.reduce(into: [:]) { plans, sql in
                let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
                // However the values are: they are left out.
                statement.setUncheckedArguments(StatementArguments())
                plans[sql] = try Row.fetchAll(statement).map { $0["detail"] }
            }
        }
    }
}

/// Counts what each transaction deletes.
private final class TransactionCounter: TransactionObserver, Sendable {
    private struct State {
        var present = (jobs: 0, events: 0)
        var past: [(jobs: Int, events: Int)] = []
    }

    private let state = Mutex(State())

    var changes: [(jobs: Int, events: Int)] { state.withLock { $0.past } }

    func observes(eventsOfKind kind: DatabaseEventKind) -> Bool {
        switch kind {
        case .delete(let table): table == "job" || table == "event"
        default: false
        }
    }

    func databaseDidChange(with event: DatabaseEvent) {
        state.withLock { state in
            if event.tableName == "job" { state.present.jobs += 1 } else { state.present.events += 1 }
        }
    }

    func databaseDidCommit(_ db: Database) {
        state.withLock { state in
            if state.present != (0, 0) { state.past.append(state.present) }
            state.present = (0, 0)
        }
    }

    func databaseDidRollback(_ db: Database) {}
}
