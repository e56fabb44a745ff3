// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

/// Asks a daemon between any two steps of a slow writer what it makes of the book, and its log when all is done.
struct WriterWitness {
    let daemon: RunningDaemon

    /// Where the book is to be in the library.
    let book: String

    init(_ book: String = "Saga/1.cbz") async throws {
        self.book = book
        let home = try RunningDaemon.Home()
        try home.directory.makeDirectory("library/Saga")
        daemon = try await RunningDaemon(home, ["--log-level", "debug"])
        try await daemon.settle()
    }

    /// A book large enough to be cut into pieces of whole blocks.
    static let comic = BookBuilder.comic(pages: 8, width: 80, height: 120)

    static let pages = 8

    var home: TemporaryDirectory { daemon.home.directory }

    /// The book in the home.
    var file: FilePath { FilePath("library/\(book)") }

    var path: FilePath { home.path.pushing(file) }

    /// Another file in the book's directory.
    func sibling(_ name: String) -> FilePath {
        path.removingLastComponent().appending(name)
    }

    func flush() async throws -> FlushReport {
        let flushed = try await daemon.control("flush", "--json")
        try #require(flushed.code == 0, "\(flushed.errors)")
        return try ControlJSON.decode(FlushReport.self, from: flushed.output.utf8)
    }

    // MARK: Expectations

    /// The book is known to be under way, and why it is not in the index is said.
    func expectPending(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let pending = try await flush().pending
        #expect(pending.map(\.path) == [book], sourceLocation: sourceLocation)
        #expect(pending.allSatisfy { !$0.reason.isEmpty }, sourceLocation: sourceLocation)
        #expect(try await daemon.records().isEmpty, sourceLocation: sourceLocation)
        #expect(try await daemon.library("books").counts.pending == 1, sourceLocation: sourceLocation)
    }

    /// No book is there yet, not even one under way.
    func expectUnseen(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(try await flush().pending.isEmpty, sourceLocation: sourceLocation)
        #expect(try await daemon.records().isEmpty, sourceLocation: sourceLocation)
    }

    /// The index still has what it had.
    func expectPages(_ pages: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        _ = try await flush()
        let book = try #require(try await daemon.records().first, sourceLocation: sourceLocation)
        #expect(book.state == "ready" && book.pages == pages, sourceLocation: sourceLocation)
    }

    /// A book that grew a moment ago, and that nobody has open, is given the time of quiet.
    func expectQuiet() async throws {
        try await daemon.holds(at: "book.added") { try await !daemon.records().isEmpty }
    }

    /// The book is whole in the index after a flush, and was read once since `finish`; before, only as often as told.
    ///
    /// Ends the daemon: only then is its log complete.
    func expectWhole(
        pages: Int = WriterWitness.pages,
        since finish: Date,
        readsBefore: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await daemon.settle()
        let record = try #require(try await daemon.records().first, sourceLocation: sourceLocation)
        #expect(try await daemon.records().count == 1, sourceLocation: sourceLocation)
        #expect(record.path == book, sourceLocation: sourceLocation)
        #expect(record.state == "ready" && record.pages == pages, sourceLocation: sourceLocation)
        #expect(try await daemon.client.all(ProblemSummary.self, ControlRequest(.problems)).isEmpty)
        #expect(await daemon.end(by: SIGTERM) == 0, sourceLocation: sourceLocation)
        // The log's times are cut to milliseconds.
        let moment = Date(timeIntervalSince1970: (finish.timeIntervalSince1970 * 1000).rounded(.down) / 1000)
        let reads = try daemon.lines("Book was read", of: book).map { try Date(rfc3339: $0.fields["time"] ?? "") }
        #expect(reads.filter { $0 < moment }.count == readsBefore, sourceLocation: sourceLocation)
        #expect(reads.filter { $0 >= moment }.count == 1, sourceLocation: sourceLocation)
    }

    /// The log of a daemon that has ended says why the book waited.
    func expectReasons(sourceLocation: SourceLocation = #_sourceLocation) {
        let lines = daemon.lines("Book is pending", of: book)
        #expect(!lines.isEmpty, sourceLocation: sourceLocation)
        #expect(lines.allSatisfy { $0.fields["reason"]?.isEmpty == false }, sourceLocation: sourceLocation)
    }
}
