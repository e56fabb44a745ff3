// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Logging
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("A job that is paused or gives way goes on, and its report is whole", .timeLimit(.minutes(3)))
struct InterruptedJobTests {
    /// Twelve directories of fifty books.
    private func bench() async throws -> ScanBench {
        let bench = try await ScanBench()
        for number in 11...22 { try bench.writeBooks(50, in: "\(number)") }
        return bench
    }

    /// Has something done when a job has opened books of a directory, and does it once.
    private func step(_ bench: ScanBench, in directory: FilePath, of id: Int64, _ order: @escaping DiskFiles.Hook) {
        bench.files.afterOpening { opened in
            guard opened == directory, bench.services.running[id] != nil else { return }
            bench.files.afterOpening(nil)
            try await bench.stopping(id) { try await order(opened) }
        }
    }

    @Test(arguments: [ScanOptions(), ScanOptions(force: true), ScanOptions(hashes: true)])
    func `a scan that was paused and resumed has the figures of one that never was`(options: ScanOptions) async throws {
        let other = try await bench()
        let bench = try await bench()
        if options.readsAll {
            for bench in [bench, other] { try await bench.scan() }
        }
        let whole = try await other.request(options: options)
        try await other.serve()

        let id = try await bench.request(options: options)
        step(bench, in: "17", of: id) { _ in _ = try await bench.store.pause(id) }
        try await bench.serve { try await $0.reaches(.paused, id) }
        let paused = try await bench.job(id)
        #expect(paused.reason == "somebody paused it" && paused.attempt == 0)
        let counter: ScanReport.Counter = options.readsAll ? .readBytes : .createdMedia
        let before = paused.report?[counter] ?? 0
        #expect(before > 0, "what it has done is told while it waits")
        try await bench.serve { bench in for _ in 0..<500 { await Task.yield() } }
        #expect(try await bench.job(id).state == .paused, "it waits until somebody resumes it")

        _ = try await bench.store.resume(id)
        try await bench.serve()
        let ended = try await bench.job(id)
        #expect(ended.state == .completed)
        #expect(ended.report?[counter] ?? 0 > before)
        #expect(try await ended.report == other.job(whole).report)
        #expect(try await bench.books().count == 600)
    }

    @Test func `a pause that is taken back before the job obeys leaves it running`() async throws {
        let bench = try await bench()
        let id = try await bench.request()
        step(bench, in: "12", of: id) { _ in
            _ = try await bench.store.pause(id)
            while bench.services.running[id]?.isStopped == false { await Task.yield() }
            _ = try await bench.store.resume(id)
        }
        try await bench.serve()
        let job = try await bench.job(id)
        #expect(job.state == .completed && job.report?[.createdMedia] == 600)
    }

    @Test func `who cancels a job that is about to be paused has it cancelled`() async throws {
        let bench = try await bench()
        let id = try await bench.request()
        step(bench, in: "12", of: id) { _ in
            _ = try await bench.store.pause(id)
            while bench.services.running[id]?.isStopped == false { await Task.yield() }
            _ = try await bench.store.cancel(id)
        }
        try await bench.serve { try await $0.reaches(.cancelled, id) }
    }

    @Test func `only what a job has done to books counts as having got somewhere`() async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings())
        let commits = { @Sendable (id: Int64) in
            try await bench.store.pool.read { db in
                try Int.fetchOne(db, sql: "SELECT commits FROM job WHERE id = ?", arguments: [id])
            }
        }
        try bench.disk.makeDirectory("comics/empty")
        #expect(try await commits(bench.scan().id) == 0, "it has told of a directory")
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        #expect(try await commits(bench.scan().id) == 1)
        let again = try await bench.request(options: ScanOptions(thumbnails: true))
        try await bench.serve()
        #expect(try await commits(again) == 0, "it has asked for thumbnails")
        let drawn = try await bench.jobs(.thumbnailGeneration).map(\.id)
        for id in drawn { #expect(try await commits(id) == 1) }
        #expect(drawn.count == 2)
    }

    @Test func `nothing is remembered of a job that is cancelled while it waits to go on`() async throws {
        let bench = try await bench()
        let id = try await bench.request(options: ScanOptions(metadata: true))
        step(bench, in: "17", of: id) { _ in _ = try await bench.store.pause(id) }
        try await bench.serve { bench in
            try await bench.reaches(.paused, id)
            while bench.services.running[id] != nil { await Task.yield() }
            #expect(bench.services.running.remembered == [id])
            _ = try await bench.store.cancel(id)
            while !bench.services.running.remembered.isEmpty { await Task.yield() }
        }
        #expect(try await bench.job(id).state == .cancelled)
    }

    @Test func `a pause that is taken back when the job has obeyed is told as one`() async throws {
        let log = LogBook()
        let bench = try await ScanBench(logger: log.logger)
        for number in 11...22 { try bench.writeBooks(50, in: "\(number)") }
        let id = try await bench.request()
        step(bench, in: "12", of: id) { _ in
            _ = try await bench.store.pause(id)
            while bench.services.running[id]?.isStopped == false { await Task.yield() }
            _ = try await bench.store.resume(id)
        }
        try await bench.serve()
        #expect(log.metadata(of: "Job paused").isEmpty)
        #expect(log.metadata(of: "Job goes on later").map { $0["event"] } == ["job.queued"])
        let lines = try await bench.store.log(of: id, after: 0, limit: 100).map(\.message)
        #expect(lines == ["started", "resumed before it was paused", "started", "completed"])
    }

    @Test(arguments: ["queue", "library"])
    func `what runs when the queue or its library is paused waits, over restarts, and goes on`(
        held: String
    ) async throws {
        let bench = try await bench()
        let pause = { @Sendable (isPaused: Bool) in
            if held == "queue" {
                try await bench.store.setQueuePaused(isPaused)
            } else {
                try await bench.store.setPaused(isPaused, bench.library)
            }
        }
        let id = try await bench.request()
        step(bench, in: "15", of: id) { _ in try await pause(true) }
        try await bench.serve { try await $0.reaches { try await $0.job(id).reason != nil } }
        let waiting = try await bench.job(id)
        #expect(waiting.reason == (held == "queue" ? "the queue is paused" : "library comics is paused"))
        #expect(waiting.attempt == 0 && waiting.failures == 0)
        // The next start of the daemon.
        try await bench.serve { bench in
            _ = try await bench.request(.directories(["11"]))
            for _ in 0..<500 { await Task.yield() }
        }
        #expect(try await bench.jobs(.libraryScan).map(\.attempt) == [0])
        #expect(try await bench.jobs(.seriesScan).map(\.state) == [.queued])
        try await pause(false)
        try await bench.serve()
        let ended = try await bench.job(id)
        #expect(ended.state == .completed && ended.report?[.totalFiles] == 600)
        #expect(try await bench.books().count == 600)
    }

    @Test func `a scan of one folder that somebody asks for interrupts a long one, which then goes on`() async throws {
        let bench = try await bench()
        // What is let go is less, the sooner a worker reads.
        try await bench.startWorker()
        let long = try await bench.request(trigger: .schedule)
        let urgent = Mutex<Int64>(0)
        step(bench, in: "13", of: long) { _ in
            let id = try await bench.request(.directories(["22"]))
            urgent.withLock { $0 = id }
        }
        try await bench.serve()
        let short = try await bench.job(urgent.withLock { $0 })
        let job = try await bench.job(long)
        #expect(short.kind == .seriesScan && short.state == .completed && short.report?[.createdMedia] == 50)
        #expect(job.state == .completed && job.attempt == 1)
        #expect(job.report?[.createdMedia] == 550 && job.report?[.totalFiles] == 600)
        #expect(try #require(short.finishedAt) < #require(job.finishedAt))
        #expect(try await bench.books().count == 600)
        #expect(try await bench.events(.bookAdded).count >= 3)
        let log = try await bench.store.log(of: long, after: 0, limit: 100).map(\.message)
        #expect(log == ["started", "interrupted: it gave way to job \(short.id)", "started", "completed"])
        #expect(bench.files.openings.count <= 700, "nothing that was read is read again but what was let go")
    }

    @Test func `scans that the watcher asks for do not interrupt each other`() async throws {
        let bench = try await bench()
        let first = try await bench.request(trigger: .watch)
        bench.files.afterOpening { _ in
            bench.files.afterOpening(nil)
            _ = try await bench.request(.directories(["22"]), trigger: .watch)
        }
        try await bench.serve()
        let log = try await bench.store.log(of: first, after: 0, limit: 100).map(\.message)
        #expect(log == ["started", "completed"])
    }

    @Test func `a scan that is interrupted again and again before it has read a book then reads some first`()
        async throws
    {
        let bench = try await bench()
        let long = try await bench.request(trigger: .schedule)
        let walks = Atomic(0)
        bench.files.beforeListing { directory in
            guard directory == "21", bench.services.running[long] != nil else { return }
            switch walks.add(1, ordering: .relaxed).newValue {
            case 1...2: try await bench.stopping(long) { _ = try await bench.request(.directories(["11"])) }
            case 3:
                _ = try await bench.request(.directories(["11"]))
                // Time enough to obey.
                for _ in 0..<1000 { await Task.yield() }
            default: return
            }
        }
        try await bench.serve()
        let log = try await bench.store.log(of: long, after: 0, limit: 100)
        #expect(log.filter { $0.message.hasPrefix("interrupted") }.count == 3)
        #expect(walks.load(ordering: .relaxed) == 4)
        #expect(bench.files.listings.filter { $0 == "22" }.count == 2, "the third walk came to its end")
        let job = try await bench.job(long)
        #expect(job.state == .completed && job.report?[.createdMedia] == 550)
        #expect(try await bench.jobs(.seriesScan).allSatisfy { $0.state == .completed })
    }

    @Test func `an analysis goes on after the books that it has done`() async throws {
        let bench = try await ScanBench()
        for number in 1...40 { try bench.write("S/\(number).cbz", BookBuilder.comic(pages: 1)) }
        try await bench.scan()
        let requests = bench.workers.figures.requests
        let analysis = LibraryStore.JobRequest.analysis(of: bench.library, trigger: .user)
        let id = try await bench.store.request(analysis).job.id
        let opened = Atomic(0)
        bench.files.beforeOpening { _ in
            // In the middle of the second batch.
            guard opened.add(1, ordering: .relaxed).newValue == 24 else { return }
            try await bench.stopping(id) { _ = try await bench.store.pause(id) }
        }
        try await bench.serve { try await $0.reaches(.paused, id) }
        let done = try #require(try await bench.job(id).report?[.totalFiles])
        #expect((16..<40).contains(done))
        _ = try await bench.store.resume(id)
        try await bench.serve()
        let job = try await bench.job(id)
        #expect(job.state == .completed && job.report?[.totalFiles] == 40)
        #expect(job.progress?.filesTotal == 40 && job.progress?.filesDone == 40)
        #expect(job.progress?.bytesTotal == job.progress?.bytesDone)
        let size = try await bench.store.pool.read { try Int.fetchOne($0, sql: "SELECT sum(size) FROM book") }
        #expect(job.report?[.readBytes] == size)
        // But for the one that a worker had in hand.
        #expect((40...41).contains(bench.workers.figures.requests - requests), "no book is decoded twice")
    }
}
