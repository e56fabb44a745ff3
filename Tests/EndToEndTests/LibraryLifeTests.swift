// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

@Suite("Whatever becomes of a library in the configuration, its books are the same", .timeLimit(.minutes(3)))
struct LibraryLifeTests {
    /// A home with two series of three books in `library`, and one book in `other`.
    private func home() throws -> RunningDaemon.Home {
        var home = try RunningDaemon.Home()
        for (number, name) in ["Saga/1", "Saga/2", "Saga/3", "Bone/1", "Bone/2", "Bone/3"].enumerated() {
            let file = FilePath("library/\(name).cbz")
            try home.directory.makeDirectory(file.removingLastComponent())
            try home.directory.write(file, BookBuilder.comic(pages: 2, tint: UInt8(number)))
        }
        try home.directory.makeDirectory("other/Tintin")
        try home.directory.write("other/Tintin/1.cbz", BookBuilder.comic(pages: 2, tint: 77))
        home.configuration = DaemonFile(libraries: ["books": home.library, "other": home.other])
        return home
    }

    /// Stops a daemon, and starts one with other libraries.
    private func restart(
        _ daemon: RunningDaemon,
        with libraries: KeyValuePairs<String, FilePath>,
        after step: () async throws -> Void = {}
    ) async throws -> RunningDaemon {
        #expect(await daemon.end(by: SIGTERM) == 0)
        try await step()
        var home = daemon.home
        home.configuration = DaemonFile(libraries: libraries)
        let next = try await RunningDaemon(home)
        try await next.settle()
        return next
    }

    private func series(_ daemon: RunningDaemon) async throws -> [String: Int64] {
        let series = try await daemon.client.all(SeriesSummary.self, ControlRequest(.series))
        return Dictionary(uniqueKeysWithValues: series.map { ("\($0.path)", $0.id) })
    }

    /// How many bytes of books all jobs have read.
    private func read(_ daemon: RunningDaemon) async throws -> Int64 {
        try await daemon.jobs().compactMap(\.report).reduce(0) { $0 + $1.readBytes }
    }

    /// What stays the same in a book whose library has another name.
    private func identities(_ daemon: RunningDaemon) async throws -> [String] {
        try await daemon.records().map { "\($0.id) \($0.path) \($0.addedAt) \($0.fingerprint ?? "") \($0.state)" }
            .sorted()
    }

    private func thumbnail(_ daemon: RunningDaemon, _ book: Int64) async throws -> String? {
        try await daemon.client.send(ControlRequest(.thumbnail, book)).headers["etag"]
    }

    @Test func `a library that is taken out of the file is retired, and whole again when its name is back`()
        async throws
    {
        let home = try home()
        let first = try await RunningDaemon(home)
        try await first.settle()
        let before = try await first.records()
        let (rows, bytes) = (try await series(first), try await read(first))
        #expect(before.count == 7)

        let second = try await restart(first, with: ["other": home.other])
        #expect(try await second.records().map(\.library) == ["other"])
        #expect(try await second.status().libraries.map(\.name) == ["other"])
        let list = try await second.control("libraries")
        #expect(!list.output.contains("books ") && list.errors.contains("`stumpctl libraries purge books` forgets it"))
        let shown = try await second.control("libraries", "show", "books")
        #expect(shown.code == 0 && shown.output.contains("books: retired"))
        #expect(shown.output.contains("6 books, 2 series"))
        let retired = try await second.control("libraries", "--state", "retired", "--json")
        let names = try ControlJSON.decode([LibrarySummary].self, from: retired.output.utf8).map(\.name)
        #expect(names == ["books"])
        #expect(try await second.control("libraries", "purge", "other").code == 13)
        #expect(try await second.control("scan", "books").code == 12)
        // An id is for life.
        #expect(try await second.control("books", "show", "\(before[0].id)").code == 0)

        let third = try await restart(second, with: ["books": home.library, "other": home.other])
        #expect(try await third.records() == before)
        #expect(try await series(third) == rows)
        #expect(try await read(third) == bytes, "nothing was read again")
        try await third.expectNothingLost(created: 7)
    }

    @Test func `a retired library is forgotten by request, and its files stay`() async throws {
        let home = try home()
        let first = try await RunningDaemon(home)
        try await first.settle()
        let second = try await restart(first, with: ["other": home.other])
        let removed = try await second.told(of: "book.removed", in: "books") {
            let purged = try await second.control("libraries", "purge", "books")
            #expect(purged.code == 0 && purged.output == "books forgotten, with 6 books and 2 series\n", "\(purged)")
        }
        #expect(removed.event.library == "books")
        #expect(try await second.control("libraries", "show", "books").code == 12)
        #expect(try await second.control("libraries", "purge", "books").code == 12)
        #expect(try await second.records().map(\.path) == ["Tintin/1.cbz"])
        let cache = home.directory.path.appending("cache/thumbnails").string
        let files = try FileManager.default.subpathsOfDirectory(atPath: cache).filter { $0.hasSuffix(".webp") }
        #expect(files.count == 1)
        let third = try await restart(second, with: ["books": home.library, "other": home.other])
        #expect(try await third.records().filter { $0.library == "books" && $0.state == "ready" }.count == 6)
    }

    @Test func `books of a library that has another name are the same, and so are their series`() async throws {
        let home = try home()
        let first = try await RunningDaemon(home)
        try await first.settle()
        let before = try await identities(first)
        let (rows, bytes) = (try await series(first), try await read(first))
        let saga = try #require(try await first.records().first { $0.path == "Saga/1.cbz" })
        let drawing = try await thumbnail(first, saga.id)
        #expect(drawing != nil)

        let second = try await restart(first, with: ["comics": home.library, "other": home.other])
        #expect(try await identities(second) == before)
        #expect(Set(try await second.records().map(\.library)) == ["comics", "other"])
        #expect(try await series(second) == rows)
        #expect(try await thumbnail(second, saga.id) == drawing)
        #expect(try await read(second) == bytes, "nothing was read again")
        try await second.expectNothingLost(created: 7)
        // Nothing of the old name is left to be told of.
        #expect(try await !second.control("libraries").errors.contains("retired"))
    }

    @Test func `a root that was renamed while stumpd was stopped is the same library`() async throws {
        let home = try home()
        let first = try await RunningDaemon(home)
        try await first.settle()
        let before = try await first.records()
        let (rows, bytes) = (try await series(first), try await read(first))
        let moved = home.directory.path.appending("shelf")
        let second = try await restart(first, with: ["books": moved, "other": home.other]) {
            try home.directory.rename("library", to: "shelf")
        }
        #expect(try await second.library("books").state == "online")
        #expect(try await second.library("books").root == moved.string)
        #expect(try await second.records() == before)
        #expect(try await series(second) == rows)
        #expect(try await read(second) == bytes, "nothing was read again")
        #expect(second.log.contains("Library has another root"))
        try await second.expectNothingLost(created: 7)
        _ = try await second.told(of: "book.added", in: "books") {
            try home.directory.write("shelf/Saga/4.cbz", BookBuilder.comic(pages: 1, tint: 44))
        }
    }

    @Test func `a root that was copied to another disk is the same library`() async throws {
        let home = try home()
        var template = Array("/dev/shm/stump-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { try Test.cancel("this user may not write to /dev/shm") }
        let disk = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        defer { try? FileManager.default.removeItem(atPath: disk.string) }
        let first = try await RunningDaemon(home)
        try await first.settle()
        let before = try await first.records()
        let rows = try await series(first)
        let second = try await restart(first, with: ["books": disk.appending("library"), "other": home.other]) {
            let copied = try await Program.run("/bin/cp", ["-a", home.library.string, disk.string])
            try #require(copied.code == 0, "\(copied.errors)")
            try home.directory.remove("library")
        }
        #expect(try await second.library("books").state == "online")
        #expect(try await second.records() == before)
        #expect(try await series(second) == rows)
        try await second.expectNothingLost(created: 7)
    }

    @Test func `missing books are listed with their series, and forgotten when somebody says so`() async throws {
        let home = try home()
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        try await daemon.holds(
            at: "series.missing",
            after: { try home.directory.remove("library/Saga") },
            when: { try await daemon.library("books").counts.missing == 3 }
        )
        try await daemon.settle()
        let list = try await daemon.control("missing")
        #expect(list.output.contains("Saga/2.cbz") && list.output.contains("SERIES WITHOUT A BOOK"))
        let young = try await daemon.control("missing", "purge")
        #expect(young.output == "nothing is missing for long enough to be forgotten\n", "\(young)")
        let dry = try await daemon.control("missing", "purge", "--older-than", "0m", "--dry-run")
        #expect(dry.output.contains("3 books and 1 series would be forgotten"), "\(dry)")
        #expect(try await daemon.library("books").counts.missing == 3)
        #expect(try await daemon.control("missing", "purge", "--library", "nowhere").code == 12)
        _ = try await daemon.told(of: "series.removed", in: "books") {
            let purged = try await daemon.control(
                "missing",
                "purge",
                "--library",
                "books",
                "--older-than",
                "0m",
                "--json"
            )
            let report = try ControlJSON.decode(PurgeMissingReport.self, from: purged.output.utf8)
            #expect(report.libraries == [PurgedLibrary(library: "books", books: 3, series: 1)])
            #expect(report.items.map(\.path).sorted() == ["Saga/1.cbz", "Saga/2.cbz", "Saga/3.cbz"])
        }
        #expect(try await daemon.records().map(\.path) == ["Bone/1.cbz", "Bone/2.cbz", "Bone/3.cbz", "Tintin/1.cbz"])
        #expect(try await series(daemon).keys.sorted() == ["Bone", "Tintin"])
    }

    @Test func `with an age in the configuration, what is missing for longer is forgotten by itself`() async throws {
        let sqlite = try #require(Program.installed("sqlite3"), "Debian's sqlite3 is needed: make test installs it")
        let home = try home()
        let first = try await RunningDaemon(home)
        try await first.settle()
        for name in ["Saga/1", "Bone/1"] {
            try await first.holds(
                at: "book.missing",
                after: { try home.directory.remove(FilePath("library/\(name).cbz")) },
                when: { try await first.records().contains { $0.path == "\(name).cbz" && $0.state == "missing" } }
            )
        }
        #expect(await first.end(by: SIGTERM) == 0)
        // Three hours pass for one of them, and a day for what is done once a day.
        let passed = """
            UPDATE book SET missing_since = missing_since - 10800000000000
                WHERE name = x'312e63627a' AND series_id = (SELECT id FROM series WHERE name = 'Saga');
            UPDATE schedule SET last_run_at = 1, next_run_at = 2 WHERE key = 'maintenance';
            """
        let changed = try await Program.run(sqlite, [home.database, passed])
        try #require(changed.code == 0, "\(changed.errors)")
        var later = home
        later.configuration?.purgeMissing = "2h"
        let second = try await RunningDaemon(later)
        try await second.holds(at: "book.removed,job.completed") {
            try await second.records().filter { $0.library == "books" }.count == 5
        }
        let missing = try await second.records().filter { $0.state == "missing" }.map(\.path)
        #expect(missing == ["Bone/1.cbz"])
    }

    @Test func `nothing of a library is forgotten while its root is away`() async throws {
        let home = try home()
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        try await daemon.holds(
            at: "book.missing",
            after: { try home.directory.remove("library/Saga/1.cbz") },
            when: { try await daemon.library("books").counts.missing == 1 }
        )
        _ = try await daemon.told(of: "library.offline") { try home.directory.rename("library", to: "away") }
        let refused = try await daemon.control("missing", "purge", "--library", "books", "--older-than", "0m")
        #expect(refused.code == 13 && refused.errors.contains("not all of it can be seen"), "\(refused)")
        let others = try await daemon.control("missing", "purge", "--older-than", "0m")
        #expect(others.code == 0 && others.errors.contains("books was left out"), "\(others)")
        #expect(try await daemon.library("books").counts.missing == 1)
    }
}

extension RunningDaemon.Home {
    fileprivate var other: FilePath { directory.path.appending("other") }
}
