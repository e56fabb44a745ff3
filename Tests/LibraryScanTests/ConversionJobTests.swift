// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("A conversion gives a book another file, and changes nothing else of it", .timeLimit(.minutes(2)))
struct ConversionJobTests {
    private let rar = ConversionBench.rar()

    @Test func `a RAR becomes a CBZ in a scan, with its id, and its original is on the shelf`() async throws {
        let library = try await ConversionBench()
        try library.write("S/1.cbr", rar)
        try library.write("S/2.cbz", BookBuilder.comic(pages: 1))
        try await library.scan()
        #expect(library.names("S") == [".stump-originals", "1.cbz", "2.cbz"])
        #expect(library.bytes("S/.stump-originals/1.cbr") == rar)
        let book = try #require(try await library.bench.book("S/1.cbz"))
        #expect(book.id == 1 && book.format == .cbz && book.state == .ready && book.pages == 3)
        let job = try #require(try await library.bench.jobs(.conversion).first)
        #expect(job.state == .completed && job.report?[.convertedMedia] == 1 && job.priority == .background)
        let events = try await library.bench.events(.bookConverted)
        #expect(events.count == 1 && events[0].contains("S/1.cbz"))
        #expect(try await library.isSettled())
        #expect(try await library.bench.problems().isEmpty)
        let original = try #require(try await library.originals().first)
        #expect(original.state == .retained && original.isOnShelf && original.book == 1)
        #expect(original.removeAfter == original.convertedAt + .seconds(30 * 86_400))
    }

    @Test func `a second scan finds nothing to do, and writes nothing`() async throws {
        let library = try await ConversionBench()
        for number in 1...5 { try library.write("S/\(number).cbr", ConversionBench.rar(UInt8(number))) }
        try await library.scan()
        #expect(library.bench.files.marked.isEmpty, "what we did ourselves is no reason for a scan")
        let rows = try await library.bench.catalogRows()
        let opened = library.bench.files.openings.count
        let scan = try await library.bench.scan()
        #expect(scan.report?.changes == [.ignoredDirectories: 1])
        #expect(try await library.bench.catalogRows() == rows)
        #expect(library.bench.files.openings.count == opened)
        #expect(try await library.bench.jobs(.conversion).count == 1)
    }

    @Test(arguments: [("1.cbr", true), ("1.rar", true), ("1.cbt", false), ("1.tar", false)])
    func `every kind is converted where the settings name its kin`(name: String, isRAR: Bool) async throws {
        let library = try await ConversionBench(kinds: isRAR ? [.cbr] : [.cbt])
        let page = Picture.png(width: 20, height: 30)
        try library.write(name, isRAR ? rar : TarWriter.archive([TarWriter.Entry("1.png", page)]))
        try await library.scan()
        #expect(try await library.bench.book("1.cbz")?.state == .ready)
        let other = try await ConversionBench(kinds: isRAR ? [.cbt] : [.cbr])
        try other.write(name, isRAR ? rar : TarWriter.archive([TarWriter.Entry("1.png", page)]))
        try await other.scan()
        #expect(other.names("") == [name])
        #expect(try await other.bench.jobs(.conversion).isEmpty)
    }

    @Test func `a kept original stays beside its result and is never a second book`() async throws {
        let library = try await ConversionBench(.keep)
        try library.write("S/1.cbr", rar)
        try await library.scan()
        #expect(library.names("S") == ["1.cbr", "1.cbz"] && library.bytes("S/1.cbr") == rar)
        try await library.bench.scan(force: true)
        #expect(try await library.bench.books().keys.sorted() == ["S/1.cbz"])
        #expect(try await library.bench.jobs(.conversion).count == 1)
        try library.write("S/1.cbr", ConversionBench.rar(9))
        try await library.scan()
        #expect(try await library.bench.books().keys.sorted() == ["S/1.cbr", "S/1.cbz"], "changed, it is a book")
    }

    @Test func `a kept original whose result goes is the book that there is`() async throws {
        let library = try await ConversionBench(.keep, kinds: [.cbr])
        try library.write("S/1.cbr", rar)
        try await library.scan()
        try library.bench.remove("S/1.cbz")
        let job = try await library.bench.scan(acceptLosses: true)
        #expect(job.report?[.movedMedia] == 1 && job.report?[.missingMedia] == 0)
        // The library's option is still on, so that it is converted once more.
        let books = try await library.bench.books()
        #expect(books.mapValues(\.id) == ["S/1.cbz": 1] && books["S/1.cbz"]?.state == .ready)
    }

    @Test func `a scan that has a book in hand while it is converted makes no second one of it`() async throws {
        let library = try await ConversionBench(.keep, kinds: [])
        try library.write("S/1.cbr", rar)
        try await library.scan()
        let bench = library.bench
        bench.files.afterOpening { _ in
            bench.files.afterOpening(nil)
            let job = try await bench.store.wishConversion(of: 1, isUndo: false).job
            try await bench.reaches(.completed, job.id)
        }
        let scan = try await bench.scan(force: true)
        #expect(scan.state == .completed)
        #expect(try await bench.books().keys.sorted() == ["S/1.cbz"])
        #expect(try await bench.book("S/1.cbz")?.id == 1)
    }

    @Test func `an original that is not wanted is removed`() async throws {
        let library = try await ConversionBench(.remove)
        try library.write("S/1.cbr", rar)
        try await library.scan()
        #expect(library.names("S") == ["1.cbz"])
        #expect(try await library.originals().map(\.state) == [.removed])
    }

    @Test func `time, mode and group are the original's`() async throws {
        let library = try await ConversionBench()
        try library.write("1.cbr", rar)
        let path = library.bench.settings.root.appending("1.cbr").string
        #expect(chmod(path, 0o640) == 0)
        var times = [timeval(tv_sec: 1_000_000_000, tv_usec: 0), timeval(tv_sec: 1_100_000_000, tv_usec: 250)]
        #expect(utimes(path, &times) == 0)
        try await library.scan()
        let book = try #require(try await library.bench.book("1.cbz"))
        #expect(book.modified == Timestamp(seconds: 1_100_000_000, nanoseconds: 250_000))
        var status = stat()
        #expect(lstat(library.bench.settings.root.appending("1.cbz").string, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o640)
    }

    @Test func `where the result's name is taken nothing is touched, and it is tried again when that is free`()
        async throws
    {
        let library = try await ConversionBench()
        let other = BookBuilder.comic(pages: 1)
        try library.write("S/1.cbr", rar)
        try library.write("S/1.cbz", other)
        try await library.scan()
        #expect(library.names("S") == ["1.cbr", "1.cbz"] && library.bytes("S/1.cbz") == other)
        let problem = try #require(try await library.bench.problems().first)
        #expect(problem.problem == .conversionFailed && problem.detail.contains("S/1.cbz is there already"))
        let id = try await library.id("S/1.cbr")
        try library.bench.rename("S/1.cbz", to: "S/other.cbz")
        try await library.bench.scan(acceptLosses: true)
        if try await library.bench.book("S/1.cbz")?.id != id {
            #expect(try await library.bench.book("S/1.cbz")?.state == .missing, "the name is still another book's")
        }
        #expect(library.bytes("S/other.cbz") == other)
    }

    @Test func `a book that cannot be converted is told once, and not tried again while it is the same`() async throws {
        let library = try await ConversionBench()
        var entry = RarWriter.Entry("a.png", Picture.png(width: 3, height: 3))
        entry.checksum = 1
        try library.write(
            "1.cbr",
            RarWriter.archive([RarWriter.Entry("0.png", Picture.png(width: 2, height: 2)), entry], .five)
        )
        try await library.scan()
        let first = try await library.bench.jobs(.conversion).count
        #expect(library.names("") == ["1.cbr"])
        #expect(try await library.bench.problems().map(\.problem).contains(.conversionFailed))
        try await library.bench.scan(force: true)
        #expect(try await library.bench.jobs(.conversion).count == first)
        #expect(try await library.bench.problems().map(\.problem).contains(.conversionFailed))
        try library.write("1.cbr", rar)
        try await library.scan()
        #expect(library.names("") == [".stump-originals", "1.cbz"])
        #expect(try await library.bench.problems().isEmpty)
    }

    @Test func `a book is converted on demand where the settings convert nothing`() async throws {
        let library = try await ConversionBench(kinds: [])
        try library.write("1.cbr", rar)
        try await library.scan()
        #expect(library.names("") == ["1.cbr"])
        let job = try await library.wish(1)
        #expect(job.report?[.convertedMedia] == 1 && job.priority == .userLibrary)
        #expect(library.names("") == [".stump-originals", "1.cbz"])
    }

    @Test func `what is no archive of another kind, or missing, is refused at once`() async throws {
        let library = try await ConversionBench(kinds: [])
        try library.write("1.cbz", BookBuilder.comic(pages: 1))
        try await library.scan()
        await #expect(throws: ConversionFault.notConvertible(1, format: "cbz")) { try await library.wish(1) }
        await #expect(throws: ConversionFault.unknownBook(9)) { try await library.wish(9) }
        await #expect(throws: ConversionFault.nothingToUndo(1)) { try await library.wish(1, isUndo: true) }
    }

    @Test func `two wishes for one book are one`() async throws {
        let library = try await ConversionBench(kinds: [])
        try library.write("1.cbr", rar)
        try await library.scan()
        let first = try await library.bench.store.wishConversion(of: 1, isUndo: false)
        let second = try await library.bench.store.wishConversion(of: 1, isUndo: false)
        #expect(!first.joined && second.joined && first.job.id == second.job.id)
        try await library.bench.serve()
        #expect(try await library.bench.job(first.job.id).report?[.convertedMedia] == 1)
    }

    @Test func `a link is no file of ours to convert`() async throws {
        let library = try await ConversionBench()
        try library.bench.disk.write("elsewhere.cbr", rar)
        try library.bench.disk.makeDirectory("comics")
        let root = library.bench.settings.root
        #expect(symlink("../elsewhere.cbr", root.appending("1.cbr").string) == 0)
        try await library.scan()
        #expect(library.names("") == ["1.cbr"])
        #expect(try await library.bench.problems().map(\.problem) == [.conversionFailed])
    }

    @Test func `a thumbnail stays where the content is known to be the same`() async throws {
        let library = try await ConversionBench(thumbnails: ThumbnailSettings())
        try library.write("1.cbr", rar)
        try await library.scan()
        let book = try #require(try await library.bench.book("1.cbz"))
        #expect(book.thumbnail != nil && library.bench.cache("thumbnails").count == 1)
        #expect(try await library.bench.store.dueThumbnails(of: library.bench.library) == 0)
    }

    @Test func `a library that cannot be written is told once, and its books are as they were`() async throws {
        let library = try await ConversionBench()
        for number in 1...3 { try library.write("S/\(number).cbr", ConversionBench.rar(UInt8(number))) }
        library.bench.files.onWriting { step throws(WritingFault) in
            if step == .look { throw .readOnly("S", reason: "read-only file system") }
        }
        try await library.scan()
        #expect(library.names("S") == ["1.cbr", "2.cbr", "3.cbr"])
        let job = try #require(try await library.bench.jobs(.conversion).first)
        #expect(job.state == .completed && job.report?[.failedMedia] == 0)
        #expect(library.bench.services.conversions.readOnly.count == 1)
        #expect(try await library.bench.problems().isEmpty)
        #expect(try await library.isSettled())
        try await library.scan()
        #expect(try await library.bench.jobs(.conversion).count == 1, "nobody tries in vain")
        library.bench.files.onWriting(nil)
        try await library.scan()
        #expect(library.names("S").filter { $0.hasSuffix(".cbz") }.count == 3)
        #expect(library.bench.services.conversions.readOnly.isEmpty)
    }
}
