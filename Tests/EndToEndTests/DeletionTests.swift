// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

@Suite("Deleted books are missing if that was seen, and held if it was not and is much", .timeLimit(.minutes(2)))
struct DeletionTests {
    /// Four series of fifty books.
    private static let series = ["A", "B", "C", "D"]

    private static let books = series.flatMap { series in (1...50).map { FilePath("library/\(series)/\($0).cbz") } }

    /// Two books of five, in every series.
    private static let deleted = books.enumerated().filter { $0.offset % 5 < 2 }.map(\.element)

    private func home() throws -> RunningDaemon.Home {
        let home = try RunningDaemon.Home()
        for series in DeletionTests.series { try home.directory.makeDirectory(FilePath("library/\(series)")) }
        for (number, book) in DeletionTests.books.enumerated() { try home.directory.write(book, comic(number)) }
        return home
    }

    private func comic(_ number: Int) -> [UInt8] {
        BookBuilder.comic(pages: 1, width: 10, height: 10, tint: UInt8(number))
    }

    private func remove(_ books: [FilePath], from home: RunningDaemon.Home) throws {
        for book in books { try home.directory.remove(book) }
    }

    /// A daemon that was stopped while the books were deleted.
    private func restarted(_ home: RunningDaemon.Home, without books: [FilePath]) async throws -> RunningDaemon {
        let first = try await RunningDaemon(home)
        try await first.settle()
        #expect(try await first.records().count == DeletionTests.books.count)
        #expect(await first.end(by: SIGTERM) == 0)
        try remove(books, from: home)
        return try await RunningDaemon(home)
    }

    // MARK: Unseen

    @Test func `42: two books of five deleted unseen are held, and a scan that accepts losses makes them missing`()
        async throws
    {
        let daemon = try await restarted(try home(), without: DeletionTests.deleted)
        try await expectHeld(80, daemon)
        #expect(try await daemon.control("scan", "--accept-losses", "--wait").code == 0)
        try await expectMissing(80, daemon)
    }

    @Test func `42: two books of five deleted unseen are held, and accepting what is missing makes them missing`()
        async throws
    {
        let daemon = try await restarted(try home(), without: DeletionTests.deleted)
        try await expectHeld(80, daemon)
        let accepted = try await daemon.control("missing", "accept", "--library", "books")
        #expect(accepted.code == 0, "\(accepted.errors)")
        try await daemon.settle()
        try await expectMissing(80, daemon)
    }

    @Test func `42: while losses are held, all else that changed is in the index`() async throws {
        let home = try home()
        let first = try await RunningDaemon(home)
        try await first.settle()
        #expect(await first.end(by: SIGTERM) == 0)
        try remove(DeletionTests.deleted, from: home)
        try home.directory.write("library/A/new.cbz", comic(240))
        let daemon = try await RunningDaemon(home)
        try await expectHeld(80, daemon)
        #expect(try await daemon.records().count == DeletionTests.books.count + 1)
    }

    @Test func `42: held books that return are what they were, and nothing is held`() async throws {
        let home = try home()
        let first = try await RunningDaemon(home)
        try await first.settle()
        let before = try await first.records()
        #expect(await first.end(by: SIGTERM) == 0)
        try home.directory.makeDirectory("away")
        for (number, book) in DeletionTests.deleted.enumerated() {
            try home.directory.rename(book, to: FilePath("away/\(number)"))
        }
        let daemon = try await RunningDaemon(home)
        try await expectHeld(80, daemon)
        for (number, book) in DeletionTests.deleted.enumerated() {
            try home.directory.rename(FilePath("away/\(number)"), to: book)
        }
        try await daemon.settle()
        #expect(try await daemon.library("books").heldLosses == 0)
        #expect(try await daemon.records() == before)
        try await daemon.expectNothingLost(created: before.count)
    }

    @Test func `half of a directory of fifty deleted unseen is held, however large the rest is`() async throws {
        let lost = DeletionTests.books.prefix(25)
        let daemon = try await restarted(try home(), without: Array(lost))
        try await expectHeld(25, daemon)
    }

    @Test func `three books deleted unseen are missing at the second look, and nobody is asked`() async throws {
        let daemon = try await restarted(try home(), without: Array(DeletionTests.deleted.prefix(3)))
        try await daemon.holds(at: "book.missing") { try await daemon.library("books").counts.missing == 3 }
        #expect(try await daemon.library("books").heldLosses == 0)
    }

    @Test func `44: a root emptied unseen is held`() async throws {
        let daemon = try await restarted(try home(), without: ["library/A", "library/B", "library/C", "library/D"])
        try await expectHeld(200, daemon)
    }

    // MARK: Seen

    @Test func `43: two books of five deleted while stumpd runs are missing at once`() async throws {
        let home = try home()
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        try remove(DeletionTests.deleted, from: home)
        try await daemon.settle()
        try await expectMissing(80, daemon)
    }

    @Test func `44: a root emptied while stumpd runs is empty at once`() async throws {
        let home = try home()
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        try remove(["library/A", "library/B", "library/C", "library/D"], from: home)
        try await daemon.settle()
        try await expectMissing(200, daemon)
    }

    // MARK: Expectations

    private func expectHeld(_ count: Int, _ daemon: RunningDaemon) async throws {
        try await daemon.flush { $0.libraries.first?.heldLosses == count }
        let status = try await daemon.status()
        #expect(status.state == "degraded")
        #expect(status.libraries.first?.counts.missing == 0)
        #expect(try await daemon.records().allSatisfy { $0.state == "ready" })
        let warning = try #require(status.warnings.first { $0.code == "losses_held" })
        #expect(warning.detail.contains("\(count)"))
        #expect(warning.hint?.contains("stumpctl missing accept") == true, "\(warning.hint ?? "no hint")")
        let screen = try await daemon.control("status")
        #expect(screen.output.contains("\(count)") && screen.output.contains("missing accept"), "\(screen.output)")
    }

    private func expectMissing(_ count: Int, _ daemon: RunningDaemon) async throws {
        let status = try await daemon.status()
        #expect(status.libraries.first?.counts.missing == count)
        #expect(status.libraries.first?.heldLosses == 0)
        #expect(!status.warnings.contains { $0.code == "losses_held" })
        #expect(try await daemon.records().filter { $0.state == "missing" }.count == count)
    }
}
