// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("A scan does what it is asked beside the usual", .timeLimit(.minutes(3)))
struct ScanOptionTests {
    /// Everything that a reader sees, without ids and times.
    private func catalog(_ bench: ScanBench) async throws -> [String] {
        let sql = """
            WITH RECURSIVE place (id, path) AS (
                SELECT id, '' FROM directory WHERE parent_id IS NULL UNION ALL
                SELECT directory.id, path || '/' || CAST(name AS TEXT) FROM directory JOIN place ON parent_id = place.id
            )
            SELECT path, CAST(book.name AS TEXT), format, condition, pages, hex(fingerprint), size, facts_version,
                thumbnail_due, series.name, title, number, document,
                (SELECT group_concat(class || detail, ';') FROM problem WHERE book_id = book.id)
            FROM book JOIN place ON place.id = book.directory_id JOIN series ON series.id = series_id
                LEFT JOIN metadata ON metadata.book_id = book.id
            ORDER BY 1, 2
            """
        return try await bench.store.pool.read { try Row.fetchAll($0, sql: sql).map(\.description) }
    }

    private func fill(_ bench: ScanBench) throws {
        for number in 1...30 {
            let info = BookBuilder.comicInfo(["Number": "\(number)", "Series": "S", "Title": "T\(number)"])
            try bench.write("S/\(number).cbz", BookBuilder.comic(pages: 1 + number % 3, comicInfo: info))
        }
        try bench.write("T/1.cbz", BookBuilder.encryptedComic())
        try bench.write("T/2.epub", BookBuilder.epub2(title: "E"))
    }

    @Test func `both modes give the same catalog, and tell of books one by one or in arrays`() async throws {
        let batched = try await ScanBench()
        let sync = try await ScanBench(scanMode: .sync)
        for bench in [batched, sync] {
            try fill(bench)
            try await bench.scan()
        }
        let rows = try await catalog(batched)
        #expect(rows.count == 32)
        #expect(try await catalog(sync) == rows)
        #expect(try await batched.jobs(.libraryScan)[0].report == sync.jobs(.libraryScan)[0].report)
        let one = try await batched.events(.bookAdded)
        let many = try await sync.events(.bookAdded)
        #expect(one.allSatisfy { $0.contains("\"items\"") } && one.count < 32)
        #expect(many.count == 32 && !many.contains { $0.contains("\"items\"") })
        for bench in [batched, sync] { try await bench.expectTruth() }
    }

    @Test(arguments: [ScanMode.batched, .sync])
    func `the mode that is asked for beats the library's`(own: ScanMode) async throws {
        let bench = try await ScanBench(scanMode: own)
        try bench.writeBooks(20, in: "S")
        _ = try await bench.request(options: ScanOptions(mode: own == .sync ? .batched : .sync))
        try await bench.serve()
        let events = try await bench.events(.bookAdded)
        #expect(events.contains { $0.contains("\"items\"") } == (own == .sync))
        #expect(own == .sync || events.count == 20)
    }

    @Test(arguments: [
        (ScanOptions(), 0), (ScanOptions(metadata: true), 5), (ScanOptions(force: true), 5),
        (ScanOptions(hashes: true), 5), (ScanOptions(thumbnails: true), 0),
    ])
    func `books that have not changed are read again where that is asked for`(
        options: ScanOptions,
        reads: Int
    ) async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(5, in: "S")
        try await bench.scan()
        let requests = bench.workers.figures.requests
        let id = try await bench.request(options: options)
        try await bench.serve()
        #expect(bench.workers.figures.requests - requests == reads)
        let report = try await bench.job(id).report
        #expect(report?[.updatedMedia] == (options.force ? 5 : 0))
        #expect(report?[.totalFiles] == 5 && report?[.createdMedia] == 0)
        #expect(try await bench.isSettled("S"))
    }

    @Test(arguments: [ScanOptions(thumbnails: true), ScanOptions(force: true)])
    func `thumbnails are made again, of the directories in the scope alone`(options: ScanOptions) async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings())
        for (tint, path) in ["S/1", "S/T/2", "U/3"].enumerated() {
            try bench.write("\(path).cbz", BookBuilder.comic(pages: 1, tint: UInt8(tint)))
        }
        try await bench.scan()
        #expect(bench.cache("thumbnails").count == 3)
        let count = {
            try await bench.jobs(.thumbnailGeneration).reduce(0) { $0 + ($1.report?[.createdThumbnails] ?? 0) }
        }
        #expect(try await count() == 3)
        _ = try await bench.request(ScanScope(["S": ScanScope.Depth(isDeep: true)]), options: options)
        try await bench.serve()
        #expect(try await count() == 5)
        _ = try await bench.request(.directories(["S"]), options: options)
        try await bench.serve()
        #expect(try await count() == 6)
        #expect(bench.cache("thumbnails").count == 3)
    }

    @Test func `hashes are those that coreutils reckons, and stay when a later scan asks for none`() async throws {
        let bench = try await ScanBench()
        for number in 1...3 { try bench.write("S/\(number).cbz", BookBuilder.comic(pages: number)) }
        try await bench.scan()
        let hashes = {
            try await bench.store.pool.read { db in
                try Row.fetchAll(
                    db,
                    sql: "SELECT CAST(name AS TEXT), lower(hex(hash)), koreader_hash IS NULL FROM book"
                )
                .map { row in (name: row[0] as String, hash: row[1] as String, isAlone: row[2] as Bool) }
            }
        }
        #expect(try await hashes().allSatisfy { $0.hash.isEmpty })
        _ = try await bench.request(options: ScanOptions(hashes: true))
        try await bench.serve()
        _ = try await bench.request(options: ScanOptions(force: true))
        try await bench.serve()
        for book in try await hashes() {
            let path = bench.settings.root.appending("S").appending(book.name)
            #expect(try OutsideProgram.run("/usr/bin/sha256sum", path.string).hasPrefix("\(book.hash)  "))
            #expect(!book.isAlone)
        }
    }

    @Test func `who names a path has its faulty books tried again, and the watcher has not`() async throws {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.encryptedComic())
        try bench.write("S/2.cbz", BookBuilder.comic(pages: 1))
        try await bench.scan()
        let requests = bench.workers.figures.requests
        _ = try await bench.request(.directories(["S"]), trigger: .watch)
        try await bench.serve()
        #expect(bench.workers.figures.requests == requests)
        _ = try await bench.request(.directories(["S"]), trigger: .user)
        try await bench.serve()
        #expect(bench.workers.figures.requests == requests + 1)
    }

    @Test func `faulty books are tried again also where the scan of a path joins another`() async throws {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.encryptedComic())
        try bench.write("S/2.cbz", BookBuilder.comic(pages: 1))
        try await bench.scan()
        let requests = bench.workers.figures.requests
        _ = try await bench.request(.directories(["S"]), trigger: .user)
        _ = try await bench.request(trigger: .watch)
        try await bench.serve()
        #expect(try await bench.jobs(.libraryScan).count == 2)
        #expect(bench.workers.figures.requests == requests + 1)
    }

    @Test func `faulty books are tried again also in a directory that a walk could not keep in mind`() async throws {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.encryptedComic())
        try bench.write("S/2.cbz", BookBuilder.comic(pages: 1))
        try await bench.scan()
        let id = try await bench.request(options: ScanOptions(triesAgain: true))
        let job = try #require(LibraryJob(try await bench.job(id)))
        let control = JobControl(job.job, phase: .read, at: bench.clock.now)
        let findings = FindingQueue(clock: bench.clock)
        let version = JobServices.readerVersion(bench.settings)
        var walk = ScanWalk(
            job,
            bench.settings,
            bench.services,
            version: version,
            control: control,
            findings: findings,
            account: JobAccount(job, bench.services, control, from: ScanReport())
        )
        walk.deferred = [Settlement("S", try await bench.files.list("S", of: bench.library))]
        let reader = CandidateReader(
            job: job,
            settings: bench.settings,
            services: bench.services,
            version: version,
            control: control,
            permits: Permits(limit: ScanJob.booksInHand),
            findings: findings,
            unsettled: Unsettled()
        )
        try await reader.read(walk)
        let readings = await findings.next()?.compactMap { if case .reading(let reading) = $0 { reading } else { nil } }
        #expect(readings?.map(\.candidate.name) == [FileName("1.cbz")])
    }

    @Test func `a scan that goes on does not have thumbnails made again that were made meanwhile`() async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings())
        for number in 1...3 { try bench.write("S/\(number).cbz", BookBuilder.comic(pages: 1, tint: UInt8(number))) }
        try await bench.scan()
        let made = {
            try await bench.jobs(.thumbnailGeneration).reduce(0) { $0 + ($1.report?[.createdThumbnails] ?? 0) }
        }
        let id = try await bench.request(options: ScanOptions(thumbnails: true))
        bench.files.beforeListing { _ in
            bench.files.beforeListing(nil)
            try await bench.stopping(id) { _ = try await bench.store.pause(id) }
        }
        try await bench.serve { bench in
            try await bench.reaches(.paused, id)
            let drawing = try await bench.store.requestThumbnails(of: bench.library, causedBy: nil)
            try await bench.reaches(.completed, drawing)
        }
        #expect(try await made() == 6)
        _ = try await bench.store.resume(id)
        try await bench.serve()
        #expect(try await bench.job(id).state == .completed)
        #expect(try await made() == 6)
    }
}
