// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("What joins a waiting job loses nothing of what it asks")
struct JoiningTests {
    @Test func `options add up and the more urgent priority stays, whoever comes last`() async throws {
        let bench = try await StoreBench()
        _ = try await bench.request(.library, ScanOptions(acceptLosses: true))
        let joined = try await bench.request(.library, ScanOptions(force: true), trigger: .schedule).job
        #expect(joined.options == ScanOptions(force: true, acceptLosses: true))
        #expect(joined.priority == .userLibrary)
        #expect(joined.trigger == .user)
    }

    @Test func `a person's paths and the kernel's are a library_scan of both, the removals kept`() async throws {
        let bench = try await StoreBench()
        let removals = Removals(files: 3, directories: 1)
        let seen = ScanScope(["A/B": ScanScope.Depth(isDeep: false, removals: removals)])
        let waiting = try await bench.request(seen, trigger: .watch).job
        #expect(try await bench.store.job(waiting.id).scope == seen)
        let joined = try await bench.request(ScanScope(["A": ScanScope.Depth(isDeep: true)])).job
        #expect(joined.kind == .libraryScan)
        #expect(joined.scope.directories == ["A": ScanScope.Depth(isDeep: true, removals: removals)])
        #expect(try await bench.store.job(joined.id).scope == joined.scope)
    }

    @Test func `the whole library swallows paths`() async throws {
        let bench = try await StoreBench()
        _ = try await bench.request(ScanScope(["A": ScanScope.Depth(isDeep: true)]))
        let joined = try await bench.request().job
        #expect(joined.kind == .libraryScan && joined.scope.isWholeLibrary)
        #expect(joined.options.triesAgain, "who named the path has its faulty books tried again")
        #expect(try await bench.store.job(joined.id).scope.isWholeLibrary)
    }

    @Test func `paths of any bytes come back from the queue`() async throws {
        let bench = try await StoreBench()
        let path = FilePath(bytes: [0xff, 0x2f, 0x0a, 0xfe])
        let job = try await bench.request(ScanScope([path: ScanScope.Depth(isDeep: true)])).job
        #expect(try await bench.store.job(job.id).scope.paths.map(\.bytes) == [path.bytes])
    }

    @Test func `a library that is not configured is refused, and leaves no job`() async throws {
        let bench = try await StoreBench()
        let name = try #require(LibraryName("nobody"))
        await #expect(throws: StoreFault.unknownLibrary("nobody")) {
            try await bench.store.request(LibraryStore.JobRequest(library: name, trigger: .user))
        }
        #expect(try await bench.store.jobs(LibraryStore.JobFilter()).isEmpty)
    }

    @Test func `thumbnails wait once, and follow a running job only where there is news`() async throws {
        let bench = try await StoreBench()
        let scan = try await bench.request().job
        let waiting = try await bench.store.requestThumbnails(of: bench.comics, causedBy: scan)
        #expect(try await bench.store.requestThumbnails(of: bench.comics, causedBy: nil) == waiting)
        #expect(try await bench.store.job(scan.id).followUp == waiting)
        _ = try await bench.store.claim([.thumbnails])
        _ = try await bench.store.claim([.scan])
        _ = try await bench.store.take(.complete, of: scan.id)
        let other = try await bench.request().job
        #expect(
            try await bench.store.requestThumbnails(of: bench.comics, causedBy: other, hasNews: false) == waiting
        )
        #expect(try await bench.store.job(other.id).followUp == nil, "what others left to make is not its own")
        let next = try await bench.store.requestThumbnails(of: bench.comics, causedBy: nil)
        #expect(next != waiting)
        #expect(try await bench.store.claim([.thumbnails]) == nil)
    }

    @Test func `a job says what it does again, also where it waited before that was asked, and the first stays`()
        async throws
    {
        let bench = try await StoreBench()
        let failed = try await bench.start().id
        try await bench.store.finish(failed, as: .failed)
        let cancelled = try await bench.request().job.id
        _ = try await bench.store.cancel(cancelled)
        let waiting = try await bench.request(.library, trigger: .watch).job
        #expect(waiting.retryOf == nil)
        let joined = try await bench.store.retry(failed)
        #expect(joined.joined && joined.job.id == waiting.id && joined.job.retryOf == failed)
        #expect(joined.job.trigger == .watch && joined.job.merged == 1)
        #expect(try await bench.store.retry(cancelled).job.retryOf == failed)
        #expect(try await bench.request().job.retryOf == failed)
    }

    @Test func `a request wakes whoever waits for jobs`() async throws {
        let bench = try await StoreBench()
        var raised = bench.store.queueSignal.raised().makeAsyncIterator()
        _ = try await bench.request()
        #expect(await raised.next() != nil)
    }
}
