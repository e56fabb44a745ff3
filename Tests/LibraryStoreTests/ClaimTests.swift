// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("Whose turn it is, is taken, and by one alone")
struct ClaimTests {
    private let bench: StoreBench
    private var store: LibraryStore { bench.store }

    init() async throws {
        bench = try await StoreBench()
    }

    private func books2(_ trigger: JobTrigger, _ scope: ScanScope = .library) async throws -> Int64 {
        let library = try #require(LibraryName("books2"))
        return try await store.request(LibraryStore.JobRequest(library: library, scope: scope, trigger: trigger)).job.id
    }

    @Test func `the more urgent comes first, and of equals the older`() async throws {
        let schedule = try await bench.request(trigger: .schedule).job.id
        let user = try await books2(.user)
        let backup = try await store.request(.backup(trigger: .user)).job.id
        let lanes: [JobLane] = [.scan, .backup]
        for id in [user, backup, schedule] { #expect(try await store.claim(lanes)?.id == id) }
        #expect(try await store.claim(lanes) == nil)
    }

    @Test func `who has waited long enough comes before whoever is more urgent and came later`() async throws {
        let schedule = try await bench.request(trigger: .schedule).job.id
        bench.time.move(by: JobAgeing.period * 2)
        let user = try await books2(.user)
        #expect(try await store.claim([.scan])?.id == schedule)
        #expect(try await store.claim([.scan])?.id == user)
    }

    @Test func `whoever names a path comes before all that has only waited`() async throws {
        _ = try await bench.request(trigger: .schedule)
        bench.time.move(by: JobAgeing.period * 1000)
        let user = try await books2(.user, ScanScope(["A": ScanScope.Depth(isDeep: true)]))
        #expect(try await store.claim([.scan])?.id == user)
    }

    @Test func `what was interrupted goes on before another that is as urgent begins`() async throws {
        let first = try await bench.start()
        _ = try await bench.request()
        try await store.take(.interrupt(.daemonStopped), of: first.id)
        #expect(try await store.claim([.scan])?.id == first.id)
    }

    @Test func `who failed is not taken before its time, nor keeps others from theirs`() async throws {
        let job = try await bench.start()
        let until = try await later(.seconds(15), after: job)
        #expect(try await store.nextAttempt() == until)
        #expect(try await store.claim([.scan]) == nil)
        let other = try await bench.request(trigger: .watch).job.id
        #expect(try await store.claim([.scan])?.id == other)
        try await store.take(.complete, of: other)
        bench.time.move(by: .seconds(15))
        #expect(try await store.claim([.scan])?.id == job.id)
    }

    @Test func `a clock that was set back holds nobody up for longer than the longest wait`() async throws {
        let job = try await bench.start()
        _ = try await later(.seconds(15), after: job)
        bench.time.move(by: .zero - RetryRule.longest * 10)
        #expect(try await store.nextAttempt() == nil)
        #expect(try await store.claim([.scan])?.id == job.id)
    }

    @Test func `nobody is woken for a job whose time has come and that waits for something else`() async throws {
        let job = try await bench.start()
        _ = try await later(.seconds(15), after: job)
        try await store.setPaused(true, bench.comics)
        bench.time.move(by: .seconds(15))
        #expect(try await store.nextAttempt() == nil)
        #expect(try await store.claim([.scan]) == nil)
        try await store.setPaused(false, bench.comics)
        #expect(try await store.claim([.scan])?.id == job.id)
    }

    @Test func `a paused library is passed over, a paused queue gives nothing`() async throws {
        let scan = try await bench.request().job.id
        let other = try await books2(.watch)
        let backup = try await store.request(.backup(trigger: .user)).job.id
        try await store.setPaused(true, bench.comics)
        #expect(try await store.claim([.scan])?.id == other)
        #expect(try await store.claim([.scan]) == nil)
        #expect(try await store.setQueuePaused(true))
        #expect(try await store.setQueuePaused(true) == false)
        try await store.setPaused(false, bench.comics)
        #expect(try await store.claim([.scan, .backup]) == nil)
        #expect(try await store.setQueuePaused(false))
        #expect(try await store.claim([.scan])?.id == scan)
        #expect(try await store.claim([.backup])?.id == backup)
    }

    @Test func `dry runs run beside a scan and beside each other`() async throws {
        _ = try await bench.start()
        for _ in 1...3 { _ = try await bench.start(.library, ScanOptions(dryRun: true)) }
        #expect(try await store.overview(of: []).jobs == [.running: 4])
    }

    @Test func `only jobs of the lanes are taken that were asked for`() async throws {
        _ = try await bench.request()
        #expect(try await store.claim([.thumbnails, .analysis, .backup, .maintenance, .dryRun]) == nil)
        #expect(try await store.claim([]) == nil)
    }

    @Test func `of twenty who claim at once each gets another, and a library one of each lane`() async throws {
        for trigger in [JobTrigger.user, .schedule] {
            _ = try await bench.request(trigger: trigger)
            _ = try await books2(trigger)
            _ = try await store.request(.analysis(of: bench.comics, trigger: trigger))
            _ = try await store.request(.backup(trigger: trigger))
            // What waits is interrupted once, so that the next request is a second that waits.
            for job in try await claimAll() { try await store.take(.interrupt(.daemonStopped), of: job.id) }
        }
        let taken = try await claimAll()
        #expect(taken.count == 4 && Set(taken.map(\.id)).count == 4)
        #expect(Set(taken.map { "\($0.library?.text ?? "") \($0.kind)" }).count == 4)
        #expect(try await store.overview(of: []).jobs == [.running: 4, .queued: 4])
    }

    private func claimAll() async throws -> [Job] {
        try await withThrowingTaskGroup(of: Job?.self) { group in
            for _ in 0..<20 { group.addTask { try await store.claim([.scan, .analysis, .backup]) } }
            return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
    }

    /// Lets a running job meet an error, to be tried again so much later; gives when.
    private func later(_ delay: Duration, after job: Job) async throws -> Timestamp {
        let until = bench.time.look() + delay
        try await store.take(.interrupt(.error(code: "busy", detail: "it is busy", until: until)), of: job.id)
        return until
    }
}
