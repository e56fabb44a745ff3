// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("Where nothing can be written the queue stands still, and goes on by itself", .timeLimit(.minutes(3)))
struct QueueStallTests {
    private func set(_ pragma: String, of bench: ScanBench) async throws {
        try await bench.store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA \(pragma)") }
    }

    /// Lets the database grow no more.
    private func fill(_ bench: ScanBench) async throws {
        let pages = try await bench.store.pool.writeWithoutTransaction { db in
            try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        }
        try await set("max_page_count = \(pages)", of: bench)
    }

    private func stalls(_ bench: ScanBench) async {
        while bench.services.stall.reason == nil { await Task.yield() }
    }

    /// Until it is looked again.
    private func look(_ bench: ScanBench, after pause: Duration = QueueStall.look) async {
        await bench.clock.sleepers(1)
        bench.pass(pause)
    }

    @Test func `a scan that meets a full disk waits, and goes on when there is room`() async throws {
        let bench = try await ScanBench()
        for number in 1...6 { try bench.writeBooks(100, in: "\(number)") }
        let id = try await bench.request()
        bench.files.beforeOpening { directory in if directory == "1" { try await fill(bench) } }
        try await bench.serve { bench in
            await stalls(bench)
            #expect(bench.services.stall.reason == "the disk of the state directory is full")
            bench.files.beforeOpening(nil)
            try await set("max_page_count = 1073741823", of: bench)
            for _ in 0..<200 { await Task.yield() }
            #expect(try await bench.job(id).state != .completed, "nothing goes on before somebody has looked")
            await look(bench)
            try await bench.reaches(.completed, id)
            #expect(bench.services.stall.reason == nil)
        }
        let job = try await bench.job(id)
        #expect(job.attempt == 1 && job.failures == 0)
        #expect(job.report?[.createdMedia] == 600 && job.report?[.totalFiles] == 600)
        let log = try await bench.store.log(of: id, after: 0, limit: 100).map(\.message)
        #expect(log.contains("interrupted: the disk of the state directory is full"))
        #expect(try await bench.integrity() == ["ok"])
    }

    @Test func `a job whose end cannot be written is not forgotten, and ends when it can`() async throws {
        let book = LogBook()
        let bench = try await ScanBench(logger: book.logger)
        try bench.writeBooks(50, in: "S")
        let id = try await bench.request()
        bench.files.beforeOpening { _ in
            bench.files.beforeOpening(nil)
            try await set("query_only = 1", of: bench)
        }
        try await bench.serve { bench in
            await stalls(bench)
            #expect(bench.services.stall.reason?.hasPrefix("the state directory cannot be written") == true)
            // Somebody has looked, and nothing is better.
            await look(bench)
            await bench.clock.sleepers(1)
            #expect(bench.services.stall.reason != nil)
            #expect(try await bench.job(id).state == .running)
            try await set("query_only = 0", of: bench)
            await look(bench)
            try await bench.reaches(.completed, id)
        }
        #expect(try await bench.job(id).attempt == 1)
        #expect(try await bench.books().count == 50)
        #expect(book.metadata(of: "The queue stands still until there is room again").count == 1)
        #expect(book.metadata(of: "The queue goes on").count == 1)
    }

    @Test func `a book whose second look cannot be kept stays pending, and is looked at again`() async throws {
        let bench = try await ScanBench()
        try bench.write("S/cut.cbz", BookBuilder.truncatedComic())
        // Its directory is entered because it is new, and is not when the job goes on.
        let id = try await bench.request(.directories([""]))
        try await bench.serve { bench in
            while await bench.services.pending.entries.isEmpty { await Task.yield() }
            await bench.clock.sleepers(1)
            try await set("query_only = 1", of: bench)
            bench.pass(.seconds(1))
            await stalls(bench)
            #expect(await bench.services.pending.entries.map(\.directory) == ["S"])
            try await set("query_only = 0", of: bench)
            await look(bench)
            try await bench.reaches(.completed, id)
        }
        #expect(try await bench.problems().map(\.problem) == [.archiveTruncated])
        #expect(await bench.services.pending.entries.isEmpty)
    }

    @Test func `the daemon stops in the midst of it, and the next start has the job that could not end`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(50, in: "S")
        let id = try await bench.request()
        bench.files.beforeOpening { _ in try await set("query_only = 1", of: bench) }
        // Returns, which is that it does not throw.
        try await bench.serve { await stalls($0) }
        #expect(try await bench.job(id).state == .running)
        bench.files.beforeOpening(nil)
        try await set("query_only = 0", of: bench)
        #expect(try await bench.store.rescue().map(\.id) == [id])
        let next = try await ScanBench(on: bench.disk)
        try await next.serve()
        #expect(try await next.job(id).state == .completed)
    }

    @Test func `a cache that cannot be written holds all jobs up, and thumbnails are made when it can`() async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings())
        for number in 1...3 { try bench.write("S/\(number).cbz", BookBuilder.comic(pages: 1, tint: UInt8(number))) }
        // A file in the place of a directory keeps root out, too.
        try bench.disk.remove("cache/tmp")
        try bench.disk.write("cache/tmp")
        let id = try await bench.request()
        try await bench.serve { bench in
            try await bench.reaches(.completed, id)
            try await bench.reaches { try await $0.jobs(.thumbnailGeneration).first?.reason != nil }
            let waiting = try #require(try await bench.jobs(.thumbnailGeneration).first)
            #expect(waiting.state == .queued && waiting.attempt == 0 && waiting.failures == 0)
            #expect(waiting.reason?.contains("cache/tmp") == true)
            #expect(bench.services.stall.reason == waiting.reason)
            let scan = try await bench.request()
            await look(bench)
            await bench.clock.sleepers(1)
            #expect(try await bench.job(scan).state == .queued, "nothing is claimed meanwhile")
            try bench.disk.remove("cache/tmp")
            await look(bench)
            try await bench.reaches(.completed, scan)
            try await bench.reaches { try await $0.jobs(.thumbnailGeneration).first?.state == .completed }
        }
        #expect(bench.cache("thumbnails").count == 3)
    }

    @Test func `one thumbnail that cannot be kept is that job's matter alone`() async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings())
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        for byte in 0...255 {
            let digits = String(byte, radix: 16)
            try bench.disk.write(FilePath("cache/thumbnails/\(digits.count == 1 ? "0" : "")\(digits)"))
        }
        let id = try await bench.request()
        try await bench.serve { bench in
            try await bench.reaches(.completed, id)
            try await bench.reaches { try await $0.jobs(.thumbnailGeneration).first?.failures == 1 }
            #expect(bench.services.stall.reason == nil)
        }
    }

    @Test func `a stall that comes back at once is looked at ever more seldom`() async throws {
        let bench = try await ScanBench()
        let stall = bench.services.stall
        for pause in [5, 10, 20, 40, 80, 160, 320, 320] {
            #expect(stall.begin("full"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await stall.watch(bench.store, bench.services.thumbnails, bench.clock) }
                await look(bench, after: .seconds(pause - 1))
                for _ in 0..<50 { await Task.yield() }
                #expect(stall.reason == "full")
                await look(bench, after: .seconds(1))
                try await group.waitForAll()
            }
            #expect(stall.reason == nil)
        }
        bench.pass(.seconds(321))
        #expect(stall.begin("full"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await stall.watch(bench.store, bench.services.thumbnails, bench.clock) }
            await look(bench)
            try await group.waitForAll()
        }
    }
}
