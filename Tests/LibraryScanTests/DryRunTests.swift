// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("A dry run says what a scan would do, and does nothing", .timeLimit(.minutes(5)))
struct DryRunTests {
    /// What both a dry run and a scan can know.
    private static let counters: [ScanReport.Counter] = [
        .totalFiles, .totalDirectories, .createdMedia, .updatedMedia, .movedMedia, .missingMedia, .restoredMedia,
        .heldLosses,
    ]

    private func figures(_ report: ScanReport?) -> [String: Int] {
        DryRunTests.counters.reduce(into: [:]) { $0[$1.rawValue] = report?[$1] ?? 0 }
    }

    /// Everything that is not the queue's own.
    private func rows(_ bench: ScanBench) async throws -> [String] {
        try await bench.store.pool.read { db in
            let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            let own: Set = ["job", "job_log", "job_directory", "job_total", "event"]
            return try String.fetchAll(db, sql: sql).filter { !own.contains($0) }.flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"").map { "\(table) \($0)" }.sorted()
            }
        }
    }

    /// Has a dry run, and expects that it left no trace but in the queue.
    private func dryRun(_ bench: ScanBench, _ scope: ScanScope = .library) async throws -> Job {
        // The daemon has looked at the disks when it started.
        _ = try await bench.services.libraryGuard.check(bench.library)
        let before = try await rows(bench)
        let waiting = await bench.services.losses.entries
        let (openings, requests) = (bench.files.openings.count, bench.workers.figures.requests)
        let id = try await bench.request(scope, options: ScanOptions(dryRun: true))
        try await bench.serve()
        let job = try await bench.job(id)
        #expect(job.state == .completed && job.followUp == nil)
        #expect(try await rows(bench) == before)
        #expect(bench.files.openings.count == openings, "it opens no book")
        #expect(bench.workers.figures.requests == requests, "it wakes no worker")
        #expect(await bench.services.losses.entries.count == waiting.count)
        return job
    }

    /// What scans come to, the second look at losses included.
    private func scan(_ bench: ScanBench, _ scope: ScanScope = .library) async throws -> [String: Int] {
        let first = try await bench.scan(scope).report
        var sum = figures(first)
        bench.pass(.seconds(5))
        let due = await bench.services.losses.takeDue(at: bench.clock.now).map(\.directory)
        if !due.isEmpty {
            let second = try await bench.scan(.directories(due)).report
            for counter in [ScanReport.Counter.missingMedia, .movedMedia, .updatedMedia] {
                sum[counter.rawValue, default: 0] += second?[counter] ?? 0
            }
        }
        return sum
    }

    private static let shelf = ["A/B", "A/C", "D", "E/F/G", "H"]

    private func bench() async throws -> ScanBench {
        let bench = try await ScanBench()
        for directory in DryRunTests.shelf { try bench.writeBooks(4, in: directory) }
        try await bench.scan()
        return bench
    }

    @Test(arguments: [
        "nothing", "new", "changed", "lost", "lost directory", "moved", "moved and its parent lost", "exchanged",
        "replaced", "put into itself", "ring", "most are gone", "all are gone", "books renamed", "books exchanged",
        "books moved", "books moved and their folder lost", "book put over another", "book renamed and changed",
        "books moved out of a moved folder",
    ])
    func `it counts as the scan does after`(change: String) async throws {
        let bench = try await bench()
        switch change {
        case "new":
            try bench.writeBooks(3, in: "N/O")
            try bench.write("D/5.cbz", BookBuilder.comic(pages: 1))
        case "changed": try bench.write("D/1.cbz", BookBuilder.comic(pages: 3))
        case "lost": try bench.remove("D/1.cbz")
        case "lost directory": try bench.remove("E")
        case "moved": try bench.rename("A/B", to: "X/Y")
        case "moved and its parent lost":
            try bench.rename("A/B", to: "X")
            try bench.remove("A")
        case "exchanged": try bench.disk.exchange("comics/D", with: "comics/H")
        case "replaced":
            try bench.rename("D", to: "Z")
            try bench.writeBooks(2, in: "D")
        case "put into itself":
            try bench.rename("D", to: "T")
            try bench.rename("T", to: "D/old")
        case "ring":
            try bench.rename("A/B", to: "T")
            try bench.rename("D", to: "A/B")
            try bench.rename("H", to: "D")
            try bench.rename("T", to: "H")
        case "most are gone":
            try bench.writeBooks(60, in: "M")
            try await bench.scan()
            try bench.remove("M")
        case "books renamed":
            for number in 1...4 { try bench.rename("D/\(number).cbz", to: "D/Saga \(number).cbz") }
        case "books exchanged": try bench.disk.exchange("comics/D/1.cbz", with: "comics/H/2.cbz")
        case "books moved":
            try bench.rename("D/1.cbz", to: "A/B/d.cbz")
            try bench.rename("A/C/1.cbz", to: "N/O/c.cbz")
        case "books moved and their folder lost":
            for number in 1...3 { try bench.rename("A/B/\(number).cbz", to: "X/\(number).cbz") }
            try bench.remove("A")
        case "book put over another": try bench.rename("D/1.cbz", to: "H/1.cbz")
        case "book renamed and changed":
            try bench.rename("D/1.cbz", to: "H/new.cbz")
            try bench.append("H/new.cbz", [0])
        case "books moved out of a moved folder":
            try bench.rename("A/B", to: "X/Y")
            try bench.rename("X/Y/1.cbz", to: "D/y.cbz")
            try bench.rename("E/F/G/1.cbz", to: "A/g.cbz")
            try bench.rename("E", to: "Z")
        case "all are gone": for directory in ["A", "D", "E", "H"] { try bench.remove(directory) }
        default: break
        }
        let dry = try await figures(dryRun(bench).report)
        let real = try await scan(bench)
        #expect(dry == real)
    }

    @Test func `it counts as the scan does after any few changes`() async throws {
        for seed in 1...40 as ClosedRange<UInt64> {
            let bench = try await bench()
            var random = SplitMix(seed: seed)
            var story: [String] = []
            for step in 0..<4 { story.append(change(bench, step, &random)) }
            let dry = try await figures(dryRun(bench).report)
            let real = try await scan(bench)
            #expect(dry == real, "\(seed): \(story)")
        }
    }

    /// One change that may fail, and what it was.
    private func change(_ bench: ScanBench, _ step: Int, _ random: inout SplitMix) -> String {
        let places = DryRunTests.shelf + ["A", "E", "E/F", "N", "N/O"]
        let place = places[Int.random(in: places.indices, using: &random)]
        let other = places[Int.random(in: places.indices, using: &random)]
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            try? bench.write("\(place)/new\(step).cbz", BookBuilder.comic(pages: 1, tint: UInt8(step)))
            return "new in \(place)"
        case 1:
            if (try? bench.remove("\(place)/1.cbz")) != nil {
                try? bench.write("\(place)/1.cbz", BookBuilder.comic(pages: 2, tint: UInt8(step)))
            }
            return "changed in \(place)"
        case 2:
            try? bench.remove("\(place)/2.cbz")
            return "lost in \(place)"
        case 3:
            try? bench.remove(place)
            return "lost \(place)"
        case 4:
            try? bench.rename(place, to: "\(other)/moved\(step)")
            return "moved \(place) into \(other)"
        case 5:
            try? bench.rename("\(place)/1.cbz", to: "\(other)/book\(step).cbz")
            return "book 1 of \(place) moved into \(other)"
        case 6:
            try? bench.disk.exchange(FilePath("comics/\(place)/3.cbz"), with: FilePath("comics/\(other)/4.cbz"))
            return "books exchanged between \(place) and \(other)"
        default:
            try? bench.disk.exchange(FilePath("comics/\(place)"), with: FilePath("comics/\(other)"))
            return "exchanged \(place) with \(other)"
        }
    }

    @Test func `a book that was renamed is named once, where it would be`() async throws {
        let bench = try await bench()
        try bench.rename("D/1.cbz", to: "H/new.cbz")
        let job = try await dryRun(bench)
        #expect(job.report?.changes == [.movedMedia: 1])
        let log = try await bench.store.log(of: job.id, after: 0, limit: 100).filter { $0.path != nil }
        #expect(log.map(\.message) == ["would be moved here"] && log.map(\.path) == ["H/new.cbz"])
    }

    @Test func `a missing book that is back under another name is told as such`() async throws {
        let bench = try await bench()
        try bench.rename("D/1.cbz", to: "../away")
        try await bench.scan(acceptLosses: true)
        try bench.rename("../away", to: "H/back.cbz")
        let dry = try await dryRun(bench)
        #expect(dry.report?[.restoredMedia] == 1 && dry.report?[.movedMedia] == 1)
        #expect(try await figures(dry.report) == scan(bench))
    }

    @Test func `what is back is told as such`() async throws {
        let bench = try await bench()
        try bench.rename("A", to: "../away")
        for _ in 1...2 {
            try await bench.scan(acceptLosses: true)
        }
        try bench.rename("../away", to: "A")
        let dry = try await dryRun(bench)
        #expect(dry.report?[.restoredMedia] == 8)
        #expect(try await figures(dry.report) == scan(bench))
    }

    @Test func `a path that is gone is missing, though there is nothing to list`() async throws {
        let bench = try await bench()
        try bench.remove("D")
        let scope = ScanScope(["D": ScanScope.Depth(isDeep: true)])
        let dry = try await dryRun(bench, scope)
        #expect(dry.report?[.missingMedia] == 4)
        #expect(try await figures(dry.report) == scan(bench, scope))
    }

    @Test func `who names a path is told that its faulty books would be tried again`() async throws {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.encryptedComic())
        try bench.write("S/2.cbz", BookBuilder.comic(pages: 1))
        try await bench.scan()
        #expect(try await dryRun(bench).report?[.updatedMedia] == 0)
        #expect(try await dryRun(bench, .directories(["S"])).report?[.updatedMedia] == 1)
    }

    @Test func `what lies on a disk that is not there is not told to be missing`() async throws {
        let bench = try await bench()
        bench.files.mount([DiskFiles.disk(), DiskFiles.disk(at: "E", source: "/dev/sdb1")])
        try await bench.scan()
        try bench.rename("E/F", to: "../away")
        bench.files.mount([DiskFiles.disk()])
        let dry = try await dryRun(bench)
        #expect(dry.report?[.missingMedia] == 0 && dry.report?[.heldLosses] == 0)
        #expect(try await figures(dry.report) == scan(bench))
    }

    @Test(arguments: [ListingFault.denied("/comics"), .failed("/comics", errno: 5, reason: "Input/output error")])
    func `a root that cannot be read fails it at once, as it fails a scan`(fault: ListingFault) async throws {
        let bench = try await bench()
        bench.files.fail(FilePath(), with: fault)
        let id = try await bench.request(options: ScanOptions(dryRun: true))
        try await bench.serve { try await $0.reaches { try await $0.job(id).state.isTerminal } }
        let job = try await bench.job(id)
        #expect(job.state == .failed && job.errorCode == "root_offline" && job.failures == 0)
        #expect(job.errorDetail?.contains(fault.summary) == true)
    }

    @Test(arguments: [ScanOptions(dryRun: true), ScanOptions(force: true, dryRun: true)])
    func `what it found unchanged is as well known to the watcher as before, and nothing else`(
        options: ScanOptions
    ) async throws {
        let bench = try await bench()
        try bench.writeBooks(5, in: "D")
        try bench.writeBooks(1, in: "E/N")
        try bench.remove("A/C/1.cbz")
        _ = try await bench.request(options: options)
        try await bench.serve()
        let known = bench.files.confirmed.filter { $0.value != nil }.keys
        #expect(Set(known) == [FilePath(), "A", "A/B", "E/F", "E/F/G", "H"])
    }

    @Test func `its log names the first hundred of each sort, and counts the rest`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(130, in: "S")
        let job = try await dryRun(bench)
        let log = try await bench.store.log(of: job.id, after: 0, limit: 1000)
        #expect(log.filter { $0.message == "would be added" && $0.path?.starts(with: "S") == true }.count == 100)
        #expect(log.contains { $0.message == "would be added: 30 more" })
    }

    @Test func `it waits for no scan, and no scan for it`() async throws {
        let bench = try await bench()
        try bench.writeBooks(1, in: "N")
        let dry = try await bench.request(options: ScanOptions(dryRun: true))
        let (stands, stand) = AsyncStream.makeStream(of: Void.self)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        bench.files.beforeListing { directory in
            // The dry run stands here until a scan of the same directory is over.
            guard directory == "N" else { return }
            bench.files.beforeListing(nil)
            stand.finish()
            for await _ in ends {}
        }
        try await bench.serve { bench in
            for await _ in stands {}
            let scan = try await bench.request()
            try await bench.reaches(.completed, scan)
            end.finish()
            try await bench.reaches(.completed, dry)
        }
        #expect(try await bench.job(dry).report?[.createdMedia] == 0)
    }
}
