// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import LibraryModel
import Support
import SystemPackage
import Testing

@Suite("A book dropped into a watched folder is in the index, and can be asked for")
struct DroppedBookTests {
    @Test func `a book moved into a new nested folder is there after a flush, with its facts and its thumbnail`()
        async throws
    {
        let daemon = try await RunningDaemon(RunningDaemon.Home())
        let home = daemon.home.directory
        let fields = ["Title": "The Well", "Series": "Saga", "Number": "1.5", "Writer": "Ada Brook, Ben Cole"]
        let book = BookBuilder.comic(pages: 3, comicInfo: BookBuilder.comicInfo(fields), width: 80, height: 120)
        try home.write("arriving", book)
        try home.makeDirectory("library/Saga/Volume 1")
        try home.rename("arriving", to: "library/Saga/Volume 1/001.cbz")
        try await daemon.settle()
        let books = try await daemon.books()
        let found = try #require(books.first)
        #expect(books.count == 1)
        #expect(found.path == "Saga/Volume 1/001.cbz")
        #expect(found.series == "Volume 1")
        #expect(found.pages == 3)
        #expect(found.metadata?.title == "The Well")
        #expect(found.metadata?.numberSort == 1.5)
        #expect(found.metadata?.writers == ["Ada Brook", "Ben Cole"])
        let picture = home.path.appending("t.webp").string
        #expect(try await daemon.control("thumbnail", "\(found.id)", "-o", picture).code == 0)
        #expect(FileManager.default.contents(atPath: picture)?.dropFirst(8).prefix(4) == Data("WEBP".utf8))
        if let judge = Program.installed("webpinfo") {
            let verdict = try await Program.run(judge, [picture])
            #expect(verdict.output.contains("Width: 80") && verdict.output.contains("Height: 120"))
        }
    }

    @Test func `a book that arrives unasked is told of by an event`() async throws {
        let daemon = try await RunningDaemon(RunningDaemon.Home())
        try await daemon.settle()
        var told: EventRecord?
        let added = ControlRequest(.events, query: ["type": "book.added"])
        try await daemon.client.eachLine(of: added) {
            try daemon.home.directory.write("arriving", BookBuilder.comic(pages: 1))
            try daemon.home.directory.rename("arriving", to: "library/1.cbz")
        } _: { line in
            told = try ControlJSON.decode(EventRecord.self, from: line.utf8)
            return false
        }
        #expect(told?.type == "book.added")
        #expect(told?.library == "books")
        #expect(try await daemon.books().count == 1)
    }

    @Test func `a name that is not UTF-8, or holds a newline, is a book like any other`() async throws {
        let home = try RunningDaemon.Home()
        let name = FileName(bytes: [0x61, 0xff, 0x2e, 0x63, 0x62, 0x7a])
        try home.directory.write(FilePath("library").appending(name), BookBuilder.comic(pages: 1))
        try home.directory.write("library/two\nlines.cbz", BookBuilder.comic(pages: 2))
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let books = try await daemon.books().sorted { ($0.pages ?? 0) < ($1.pages ?? 0) }
        #expect(books.map(\.state) == ["ready", "ready"])
        #expect(books.first?.pathBytes == Data(name.bytes).base64EncodedString())
        #expect(books.last?.path == "two\nlines.cbz")
        #expect(books.last?.pathBytes == nil)
        // Each name is one line of the table, and no control character reaches the terminal.
        let table = try await daemon.control("books")
        #expect(table.output.split(separator: "\n").count == 3)
    }

    @Test func `a book that goes is missing, and the same book when it returns`() async throws {
        let daemon = try await RunningDaemon(RunningDaemon.Home())
        let home = daemon.home.directory
        try home.makeDirectory("library/S")
        try home.write("library/S/1.cbz", BookBuilder.comic(pages: 1))
        try await daemon.settle()
        let id = try await daemon.books().first?.id
        try home.rename("library/S", to: "away")
        try await daemon.settle()
        #expect(try await daemon.books().map(\.state) == ["missing"])
        #expect(try await daemon.control("problems", "--class", "missing").output.contains("S/1.cbz"))
        try home.rename("away", to: "library/S")
        try await daemon.settle()
        #expect(try await daemon.books().map(\.state) == ["ready"])
        #expect(try await daemon.books().first?.id == id)
    }

    @Test func `a second scan of an unchanged library is a report of zeros, and changes no row`() async throws {
        let home = try RunningDaemon.Home()
        for number in 1...20 {
            try home.directory.write(FilePath("library/\(number).cbz"), BookBuilder.comic(pages: 2))
        }
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let before = try await rows(of: daemon)
        let scan = try await daemon.control("scan", "--wait", "--json")
        #expect(scan.code == 0, "\(scan.errors)")
        let jobs = try ControlJSON.decode([JobSummary].self, from: scan.output.utf8)
        #expect(jobs.count == 1)
        let report = try #require(jobs.first?.report)
        var zeros = ScanReportSummary()
        zeros.totalFiles = 20
        zeros.totalDirectories = 1
        #expect(report == zeros)
        #expect(try await rows(of: daemon) == before)
    }

    /// Every row of the catalog, as an independent program reads it.
    private func rows(of daemon: RunningDaemon) async throws -> String {
        let judge = try #require(Program.installed("sqlite3"), "Debian's sqlite3 is needed: make test installs it")
        let tables = ["library", "directory", "series", "book", "metadata", "problem"]
        // The library's row says when it was scanned last, and only that may differ.
        let columns = ["library": "id, name, held_losses"]
        let queries = tables.map { "SELECT \(columns[$0] ?? "*") FROM \($0) ORDER BY 1;" }.joined()
        return try await Program.run(judge, ["-readonly", daemon.home.database, queries]).output
    }
}
