// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

@Suite("Books are converted in a watched library as if nobody had touched it")
struct ConversionTests {
    private func home(_ conversion: String) throws -> RunningDaemon.Home {
        var home = try RunningDaemon.Home()
        home.configuration = DaemonFile(libraries: ["books": home.library], conversion: conversion)
        return home
    }

    /// How many jobs of each kind there were.
    private func kinds(_ daemon: RunningDaemon) async throws -> [String: Int] {
        try await daemon.jobs().reduce(into: [:]) { $0[$1.kind, default: 0] += 1 }
    }

    @Test func `a book that is dropped is one scan and one conversion, and our own writes are none`() async throws {
        let daemon = try await RunningDaemon(home("to_cbz = [\"cbr\"]"))
        let directory = daemon.home.directory
        try directory.makeDirectory("library/S")
        try directory.write("library/S/0.cbz", BookBuilder.comic(pages: 1))
        try await daemon.settle()
        let before = try await kinds(daemon)
        let book = ConvertibleBook(number: 1)
        try directory.write("arriving", book.bytes)
        try directory.rename("arriving", to: "library/S/1.cbr")
        try await daemon.settle()
        // Whatever our own writes would have caused is asked for by now.
        try await daemon.settle()
        let after = try await kinds(daemon)
        #expect(after["library_scan"] == (before["library_scan"] ?? 0) + 1)
        #expect(after["conversion"] == 1)
        let found = try #require(try await daemon.books().first { $0.path == "S/1.cbz" })
        #expect(found.format == "cbz" && found.state == "ready" && found.pages == book.pages.count)
        #expect(try await book.isWhole(in: directory.path.appending("library/S/1.cbz".components)))
        let events = try await daemon.keptEvents().filter { $0.type == "book.converted" }
        #expect(events.count == 1)
    }

    @Test func `two hundred books are converted, a second scan changes nothing, and all come back bit for bit`()
        async throws
    {
        let count = Needs.slowTests ? 200 : 12
        let home = try home("to_cbz = [\"cbr\"]")
        let books = (1...count).map { ConvertibleBook(number: $0) }
        for book in books { try home.directory.write("library/\(book.number).cbr".path, book.bytes) }
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let converted = try await daemon.books()
        #expect(converted.count == count && converted.allSatisfy { $0.format == "cbz" && $0.state == "ready" })
        for book in books { #expect(try await book.isWhole(in: home.library.appending("\(book.number).cbz"))) }
        let scan = try await daemon.control("scan", "--wait", "--json")
        let report = try #require(try ControlJSON.decode([JobSummary].self, from: scan.output.utf8).first?.report)
        #expect(report.createdMedia + report.updatedMedia + report.missingMedia + report.movedMedia == 0)
        let undone = try await daemon.control("convert", "--undo", home.library.string, "--wait")
        #expect(undone.code == 0, "\(undone.errors)")
        try await daemon.settle()
        for book in books {
            let path = home.library.appending("\(book.number).cbr").string
            #expect(FileManager.default.contents(atPath: path).map { Array($0) } == book.bytes)
        }
        let back = try await daemon.books()
        #expect(Set(back.map(\.id)) == Set(converted.map(\.id)) && back.allSatisfy { $0.format == "cbr" })
        let names = try FileManager.default.contentsOfDirectory(atPath: home.library.string)
        #expect(names.count == count, "\(names.sorted().prefix(5))")
    }

    @Test func `what is asked for by path or number is done, and what cannot be is refused`() async throws {
        let home = try home("originals = \"remove\"")
        let book = ConvertibleBook(number: 3)
        try home.directory.write("library/3.cbr", book.bytes)
        try home.directory.write("library/4.cbz", BookBuilder.comic(pages: 1))
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let done = try await daemon.control("convert", home.library.appending("3.cbr").string, "--wait")
        #expect(done.code == 0, "\(done.errors)")
        #expect(try await book.isWhole(in: home.library.appending("3.cbz")))
        let id = try #require(try await daemon.books().first { $0.path == "3.cbz" }?.id)
        let again = try await daemon.control("convert", "\(id)")
        #expect(again.code == 13 && again.errors.contains("is cbz"), "\(again.errors)")
        let undo = try await daemon.control("convert", "--undo", "\(id)")
        #expect(undo.code == 13 && undo.errors.contains("was removed"), "\(undo.errors)")
        #expect(try await daemon.control("convert", "99").code == 12)
        #expect(try await daemon.control("convert", "/nowhere/1.cbr").code == 12)
    }

    @Test func `originals are listed, and removed when somebody wants that`() async throws {
        let home = try home("to_cbz = [\"cbr\"]")
        try home.directory.write("library/1.cbr", ConvertibleBook(number: 1).bytes)
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let list = try await daemon.control("originals")
        #expect(list.output.contains(".stump-originals/1.cbr") && list.output.contains("retained"), "\(list.output)")
        let explained = try await daemon.control(
            "explain",
            home.library.appending(".stump-originals/1.cbr".components).string
        )
        #expect(explained.output.contains("the original of book 1"), "\(explained.output)")
        #expect(try await daemon.control("originals", "remove", "--older-than", "1d").code == 0)
        #expect(access(home.library.appending(".stump-originals").string, F_OK) == 0)
        #expect(try await daemon.control("originals", "remove").code == 0)
        #expect(access(home.library.appending(".stump-originals").string, F_OK) != 0)
        #expect(try await daemon.control("originals").output.contains("retained") == false)
    }

    @Test(.withMounts) func `a library on a read-only mount is indexed, and told of once`() async throws {
        var home = try home("to_cbz = [\"cbr\"]")
        for number in 1...3 {
            try home.directory.write("library/\(number).cbr".path, ConvertibleBook(number: number).bytes)
        }
        let mounts = try await PrivateMounts(beside: home.directory)
        home.mounts = mounts
        try await mounts.run("mount", "--bind", home.library.string, home.library.string)
        try await mounts.run("mount", "-o", "remount,bind,ro", home.library.string)
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        #expect(try await daemon.books().map(\.state) == ["ready", "ready", "ready"])
        let warnings = try await daemon.status().warnings.filter { $0.code == "library_read_only" }
        #expect(warnings.count == 1)
        #expect(warnings.first?.hint?.contains("ReadWritePaths=\(home.library)") == true)
        #expect(try await daemon.problems().isEmpty)
        #expect(try await daemon.control("scan", "--wait").code == 0)
        let lines = daemon.log.split(separator: "\n").filter { $0.contains("library.read_only") }
        #expect(lines.count == 1)
        #expect(try await daemon.jobs().allSatisfy { $0.state == "completed" })
    }
}

extension String {
    fileprivate var path: FilePath { FilePath(self) }
    fileprivate var components: FilePath.ComponentView { FilePath(self).components }
}
