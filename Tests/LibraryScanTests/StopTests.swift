// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A job that is stopped keeps what it has, and goes on", .timeLimit(.minutes(1)))
struct StopTests {
    @Test func `a cancelled scan ends as cancelled, and what it had committed stays`() async throws {
        let bench = try await ScanBench()
        for number in 1...20 { try bench.writeBooks(100, in: "\(number)") }
        let id = try await bench.request()
        bench.files.beforeOpening { directory in
            guard directory == "5" else { return }
            try await bench.stopping(id) { _ = try await bench.store.cancel(id) }
        }
        try await bench.serve()
        let job = try await bench.job(id)
        #expect(job.state == .cancelled && job.errorCode == nil)
        let count = try await bench.books().count
        #expect(count > 0 && count < 2000)
        #expect(job.report?[.createdMedia] == count, "its report is that of what is committed")
        #expect(await bench.services.pending.entries.isEmpty, "no book is waited for that was let go")
        bench.files.beforeOpening(nil)
        #expect(try await bench.scan().report?[.createdMedia] == 2000 - count)
    }

    @Test func `a cancelled scan lets go of the books in hand, and no worker sees them`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(300, in: "S")
        let id = try await bench.request()
        bench.files.afterOpening { _ in
            try await bench.stopping(id) { _ = try await bench.store.cancel(id) }
        }
        try await bench.serve()
        #expect(try await bench.job(id).state == .cancelled)
        #expect(bench.workers.figures.requests == 0)
        #expect(bench.files.openings.count == CandidateReader.openLimit)
    }

    @Test func `a thumbnail job that is cancelled keeps the batches that are done`() async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings())
        for number in 1...120 { try bench.write("S/\(number).cbz", BookBuilder.comic(pages: 1, tint: UInt8(number))) }
        bench.files.beforeOpening { _ in
            guard let control = bench.services.running.all.first(where: { $0.job.kind == .thumbnailGeneration }),
                bench.files.openings.count > 120 + ThumbnailJob.batchLimit
            else { return }
            try await bench.stopping(control.job.id) { _ = try await bench.store.cancel(control.job.id) }
        }
        try await bench.scan()
        let job = try #require(try await bench.jobs(.thumbnailGeneration).first)
        #expect(job.state == .cancelled)
        #expect(job.report?[.createdThumbnails] == ThumbnailJob.batchLimit)
        #expect(bench.cache("thumbnails").count == ThumbnailJob.batchLimit)
        #expect(bench.cache("tmp").isEmpty)
    }

    @Test func `an analysis that is cancelled ends within the book`() async throws {
        let bench = try await ScanBench()
        for number in 1...40 { try bench.write("S/\(number).cbz", BookBuilder.comic(pages: 1)) }
        try await bench.scan()
        let requests = bench.workers.figures.requests
        let analysis = LibraryStore.JobRequest.analysis(of: bench.library, trigger: .user)
        let id = try await bench.store.request(analysis).job.id
        bench.files.afterOpening { _ in
            guard bench.services.running[id]?.isStopped == false else { return }
            try await bench.stopping(id) { _ = try await bench.store.cancel(id) }
        }
        try await bench.serve()
        #expect(try await bench.job(id).state == .cancelled)
        #expect(bench.workers.figures.requests == requests, "no book had been given to a worker")
    }

    @Test func `an analysis that is cancelled lets go of the book that its worker hangs on`() async throws {
        let bench = try await ScanBench(program: WorkerPoolTests.faultyProgram, limit: .seconds(600))
        for number in 1...20 { try bench.write("S/\(number).cbz", Array("slow".utf8)) }
        try await bench.scan()
        let requests = bench.workers.figures.requests
        let id = try await bench.store.request(.analysis(of: bench.library, trigger: .user)).job.id
        try await bench.serve { bench in
            while bench.workers.figures.requests == requests { await Task.yield() }
            _ = try await bench.store.cancel(id)
            try await bench.reaches(.cancelled, id)
        }
        #expect(bench.workers.figures.requests == requests + 1, "no other book was given to a worker")
        #expect(try await bench.job(id).report?[.totalFiles] ?? 0 == 0)
        #expect(try await bench.problems().isEmpty, "the book is not to blame")
    }

    @Test func `a scan that waits to look a second time at a book without an end is cancelled at once`() async throws {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.truncatedComic())
        let id = try await bench.request()
        try await bench.serve { bench in
            // Its second look is a second away, on a clock that stands still.
            while await bench.services.pending.entries.isEmpty { await Task.yield() }
            await bench.clock.sleepers(1)
            _ = try await bench.store.cancel(id)
            try await bench.reaches(.cancelled, id)
        }
        #expect(try await bench.books().isEmpty)
    }

    @Test func `a scan that the daemon left goes on at the next start, with every book once`() async throws {
        let bench = try await ScanBench()
        for number in 1...20 { try bench.writeBooks(100, in: "\(number)") }
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        let id = try await bench.request()
        bench.files.beforeOpening { directory in
            guard directory == "5" else { return }
            try await bench.stopping(id) { stop.finish() }
        }
        try await bench.serve { _ in for await _ in stops {} }
        let left = try await bench.job(id)
        #expect(left.state == .queued && left.reason == "stumpd stopped while it ran")
        #expect(left.attempt == 0 && left.failures == 0, "the attempt does not count")
        bench.files.beforeOpening(nil)
        #expect(try await bench.store.rescue().isEmpty)
        try await bench.serve()
        let ended = try await bench.job(id)
        #expect(ended.state == .completed && ended.attempt == 1)
        #expect(ended.report?[.createdMedia] == 2000 && ended.report?[.totalFiles] == 2000)
        #expect(try await bench.books().count == 2000)
        #expect(try await bench.integrity() == ["ok"])
    }

    @Test func `the daemon stops at once with hundreds of books in hand, one of which takes for ever`() async throws {
        let bench = try await ScanBench(program: WorkerPoolTests.faultyProgram)
        try bench.write("A/1.cbz", Array("hang".utf8))
        try bench.writeBooks(800, in: "B")
        let (fulls, full) = AsyncStream.makeStream(of: Void.self)
        // The most that find room beside the one that the only worker hangs over.
        bench.files.afterOpening { _ in if bench.files.openings.count == ScanJob.booksInHand - 31 { full.finish() } }
        let id = try await bench.request()
        let began = Mutex(ContinuousClock.now)
        try await bench.serve { bench in
            for await _ in fulls {}
            while bench.workers.figures.requests == 0 { await Task.yield() }
            began.withLock { $0 = .now }
        }
        let took = ContinuousClock.now - began.withLock { $0 }
        // It is a fraction of a second where nothing else runs; the book might take a minute.
        #expect(took < .seconds(30))
        #expect(try await bench.job(id).state == .queued)
        #expect(try await bench.problems().isEmpty, "the book is not to blame")
        #expect(await bench.services.pending.entries.isEmpty)
    }

    @Test func `an alarm rings once, when its instant has come, and not at one it was moved from`() async throws {
        let clock = ManualClock()
        let alarm = Alarm(clock: clock)
        let (rings, ring) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await alarm.run { ring.yield(1) } }
            alarm.set(clock.now + .seconds(1000))
            await clock.sleepers(1)
            alarm.set(clock.now - .seconds(1))
            for await _ in rings { break }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func `a batch goes out full, and at once when nothing is under way, and the end ends it`() async {
        let queue = FindingQueue(clock: ManualClock())
        queue.expect(1)
        for _ in 0..<FindingQueue.limit { queue.add(.restored([1])) }
        #expect(await queue.next()?.count == FindingQueue.limit)
        queue.add(.restored([1]))
        queue.finish()
        #expect(await queue.next()?.count == 1)
        #expect(await queue.next() == nil)
        let idle = FindingQueue(clock: ManualClock())
        idle.add(.restored([1]))
        #expect(await idle.next()?.count == 1)
    }
}
