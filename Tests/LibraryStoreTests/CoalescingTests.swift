// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("However many ask, one job waits")
struct CoalescingTests {
    /// Asks a thousand times at once; gives the ids of the jobs that came of it.
    private func ask(_ bench: StoreBench, _ request: LibraryStore.JobRequest) async throws -> Set<Int64> {
        try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<1000 { group.addTask { try await bench.store.request(request).job.id } }
            return try await group.reduce(into: []) { $0.insert($1) }
        }
    }

    @Test func `a thousand requests at once are one waiting job, and while it runs one more`() async throws {
        let bench = try await StoreBench()
        // Two thousand times the disk would take a minute, and has no part in this.
        try await bench.store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        let request = LibraryStore.JobRequest(library: bench.comics, trigger: .user)
        let first = try #require(try await ask(bench, request).first)
        #expect(try await bench.store.job(first).merged == 999)
        _ = try await bench.store.claim([.scan])
        let seconds = try await ask(bench, request)
        let second = try #require(seconds.first)
        #expect(seconds.count == 1 && second != first)
        #expect(try await bench.store.job(second).merged == 999)
        #expect(try await bench.store.job(first).merged == 999)
        #expect(try await bench.store.jobs(LibraryStore.JobFilter()).map(\.id) == [second, first])
    }

    @Test func `the more urgent priority counts, also of paths that join the whole library`() async throws {
        let bench = try await StoreBench()
        let waiting = try await bench.request(.library, trigger: .schedule).job
        #expect(waiting.priority == .schedule)
        let joined = try await bench.request(deep: "A", trigger: .user)
        #expect(joined.id == waiting.id && joined.priority == .userPath && joined.scope.isWholeLibrary)
        #expect(try await bench.request(.library, trigger: .watch).job.priority == .userPath)
    }

    @Test func `whoever wants to be told of each book is, also by the job that another asked for`() async throws {
        let bench = try await StoreBench()
        _ = try await bench.request(.library, ScanOptions(mode: .batched))
        #expect(try await bench.request(.library, ScanOptions(mode: .sync)).job.options.mode == .sync)
        #expect(try await bench.request(.library, ScanOptions(mode: .batched)).job.options.mode == .sync)
    }

    @Test func `a dry run joins nobody, and nobody joins it`() async throws {
        let bench = try await StoreBench()
        let dryRun = try await bench.request(.library, ScanOptions(dryRun: true))
        let scan = try await bench.request()
        let other = try await bench.request(.library, ScanOptions(dryRun: true))
        #expect(!dryRun.joined && !scan.joined && !other.joined)
        #expect(Set([dryRun.job.id, scan.job.id, other.job.id]).count == 3)
    }

    @Test func `a job that was paused, or has begun, is not joined`() async throws {
        let bench = try await StoreBench()
        let paused = try await bench.request().job.id
        _ = try await bench.store.pause(paused)
        let interrupted = try await bench.start().id
        #expect(interrupted != paused)
        try await bench.store.take(.interrupt(.daemonStopped), of: interrupted)
        _ = try await bench.store.resume(paused)
        let next = try await bench.request()
        #expect(!next.joined && next.job.id != paused && next.job.id != interrupted)
        #expect(try await bench.request().job.id == next.job.id)
        #expect(try await bench.store.jobs(LibraryStore.JobFilter(state: .queued)).count == 3)
    }

    @Test func `an analysis joins an analysis, a backup a backup, and neither a scan`() async throws {
        let bench = try await StoreBench()
        let scan = try await bench.request().job.id
        let some = ScanScope(["A": ScanScope.Depth(isDeep: true)])
        let analysis = try await bench.store.request(.analysis(of: bench.comics, some, trigger: .user)).job
        let wider = try await bench.store.request(.analysis(of: bench.comics, trigger: .user))
        #expect(wider.joined && wider.job.id == analysis.id && wider.job.kind == .analyzeMedia)
        #expect(wider.job.scope.isWholeLibrary)
        let backup = try await bench.store.request(.backup(trigger: .schedule)).job
        let urgent = try await bench.store.request(.backup(trigger: .user))
        #expect(urgent.joined && urgent.job.id == backup.id && urgent.job.priority == .userLibrary)
        #expect(try await bench.store.request(.maintenance(trigger: .schedule)).joined == false)
        #expect(try await bench.store.job(scan).merged == 0)
    }

    @Test func `thumbnails join the job that will make them, interrupted and paused ones too`() async throws {
        let bench = try await StoreBench()
        let job = try await bench.store.requestThumbnails(of: bench.comics, causedBy: nil)
        _ = try await bench.store.claim([.thumbnails])
        try await bench.store.take(.interrupt(.daemonStopped), of: job)
        #expect(try await bench.store.requestThumbnails(of: bench.comics, causedBy: nil) == job)
        _ = try await bench.store.pause(job)
        #expect(try await bench.store.requestThumbnails(of: bench.comics, causedBy: nil) == job)
    }
}
