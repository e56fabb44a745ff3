// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("The rows of a conversion say at every moment what is on the disk")
struct ConversionRowTests {
    private let bench: StoreBench
    private var store: LibraryStore { bench.store }

    /// One RAR, with the id 1.
    init() async throws {
        bench = try await StoreBench()
        try await commit("S/1.cbr")
    }

    private func commit(_ path: FilePath, _ format: MediaFormat = .cbr, content: UInt8 = 1) async throws {
        var record = bench.record(path, content: content)
        record.format = format
        try await bench.commit(record)
    }

    private func begun(_ originals: ConversionSettings.Originals = .retain) async throws -> OpenConversion {
        let book = try #require(try await store.bookToConvert(1))
        let conversion = OpenConversion(
            of: book,
            draft: ConversionNames.draft(1),
            target: FileName("1.cbz"),
            originals: originals,
            retain: .seconds(60)
        )
        return try #require(try await store.begin(conversion, of: bench.comics, job: nil))
    }

    private func verified(
        _ originals: ConversionSettings.Originals = .retain,
        content: UInt8 = 1
    ) async throws
        -> OpenConversion
    {
        var conversion = try await begun(originals)
        var facts = BookFacts()
        facts.pages = 3
        facts.fingerprint = Fingerprint(bytes: Array(repeating: content, count: 16))
        let verified = OpenConversion.Verified(stamp: result, facts: facts)
        conversion.verified = verified
        try await store.note(verified, of: conversion)
        return conversion
    }

    private var result: FileStamp {
        FileStamp(
            device: 1,
            inode: 50,
            born: Timestamp(nanoseconds: 4),
            size: 99,
            modified: Timestamp(nanoseconds: 1),
            changed: Timestamp(nanoseconds: 5)
        )
    }

    private func complete(_ conversion: OpenConversion) async throws -> Int64? {
        let stamp = result
        return try await store.commit(for: bench.comics, job: nil) { try $0.complete(conversion, as: stamp) }
    }

    private func book() async throws -> BookEntry { try #require(try await store.book(1)) }

    @Test func `an open conversion is read again as it was written`() async throws {
        let first = try await begun()
        #expect(try await store.openConversions(of: bench.comics) == [first])
        try await store.forget(first)
        #expect(try await store.openConversions(of: bench.comics).isEmpty)
        let second = try await verified(.keep)
        #expect(try await store.openConversions(of: bench.comics) == [second])
    }

    @Test func `a book that has left its directory is not begun with`() async throws {
        var book = try #require(try await store.bookToConvert(1))
        book.directory = "T"
        let conversion = OpenConversion(
            of: book,
            draft: ConversionNames.draft(1),
            target: FileName("1.cbz"),
            originals: .keep,
            retain: .seconds(1)
        )
        #expect(try await store.begin(conversion, of: bench.comics, job: nil) == nil)
    }

    @Test func `a completed conversion is a book with another file, told, and its original`() async throws {
        let conversion = try await verified()
        let id = try #require(try await complete(conversion))
        let book = try await book()
        #expect(book.path == "S/1.cbz" && book.format == .cbz && book.size == 99 && book.state == .ready)
        #expect(try await store.openConversions(of: bench.comics).isEmpty)
        let original = try #require(try await store.original(id))
        #expect(original.path == "S/1.cbr" && original.state == .due && original.book == 1 && original.kept == .retain)
        #expect(original.removeAfter == original.convertedAt + .seconds(60) && original.resultStamp == result)
        #expect(try await store.librariesWithOpenConversions() == [bench.comics])
    }

    @Test func `a thumbnail is due again only where the fingerprint is another`() async throws {
        try await store.pool.write { try $0.execute(sql: "UPDATE book SET thumbnail_due = 0") }
        _ = try await complete(try await verified())
        #expect(try await store.dueThumbnails(of: bench.comics) == 0)
        let other = try await ConversionRowTests()
        try await other.store.pool.write { try $0.execute(sql: "UPDATE book SET thumbnail_due = 0") }
        _ = try await other.complete(try await other.verified(content: 2))
        #expect(try await other.store.dueThumbnails(of: other.bench.comics) == 1)
    }

    @Test(arguments: [
        "UPDATE book SET size = 11", "UPDATE book SET name = x'41'", "DELETE FROM book",
        "INSERT INTO directory (library_id, parent_id, name) VALUES (1, 1, x'54'); UPDATE book SET directory_id = 3",
    ])
    func `nothing is completed where the catalog has another file by now`(change: String) async throws {
        let conversion = try await verified()
        try await store.pool.write { try $0.execute(sql: change) }
        #expect(try await complete(conversion) == nil)
        #expect(try await store.openConversions(of: bench.comics).count == 1)
        #expect(try await store.originals(LibraryStore.OriginalFilter()).isEmpty)
    }

    @Test func `nor where a book of the result's name would lose its id`() async throws {
        let conversion = try await verified()
        try await commit("S/1.cbz", .cbz, content: 3)
        #expect(try await complete(conversion) == nil)
        #expect(try await store.hasBook(named: FileName("1.cbz"), in: "S", of: bench.comics))
    }

    @Test func `what is beside a book by conversion is known to the scan, and what is not is not`() async throws {
        func leftovers() async throws -> [String] {
            try await store.known("S", of: bench.comics, version: 1).leftovers.map(\.name.text)
        }
        #expect(try await leftovers().isEmpty)
        let conversion = try await verified(.keep)
        #expect(try await leftovers() == ["1.cbz"], "the result, until it is the book")
        let id = try #require(try await complete(conversion))
        #expect(try await leftovers() == ["1.cbr"])
        let original = try #require(try await store.original(id))
        for (state, expected) in [("retained", []), ("due", ["1.cbr"]), ("removed", []), ("lost", [])] {
            let next = try #require(OriginalEntry.State(rawValue: state))
            try await store.move(original, to: next)
            #expect(try await leftovers() == expected, "\(state)")
        }
        try await store.move(original, to: .kept)
        try await bench.change { try $0.markMissing([1]) }
        #expect(try await leftovers().isEmpty, "of a book that is missing it is all that there is")
    }

    @Test func `a book that is taken back is what it was, and is not due again`() async throws {
        let before = try await book()
        let id = try #require(try await complete(try await verified(.keep, content: 2)))
        let original = try #require(try await store.original(id))
        let stamp = original.stamp
        #expect(try await store.commit(for: bench.comics, job: nil) { try $0.takeBack(original, as: stamp) })
        let after = try await book()
        #expect(after.path == before.path && after.format == before.format && after.size == before.size)
        #expect(after.fingerprint == before.fingerprint && after.id == before.id)
        #expect(try await store.dueConversions(of: bench.comics, [.cbr], version: 7) == 0)
        let known = try await store.known("S", of: bench.comics, version: 1)
        #expect(known.leftovers.map(\.name.text) == ["1.cbz"], "the result is still to go")
        try await bench.change { try $0.forget(original) }
        #expect(try await store.original(ofBook: 1) == nil)
    }

    @Test func `what failed is due again with another version or other content, and not before`() async throws {
        func due(_ version: Int) async throws -> Int {
            try await store.dueConversions(of: bench.comics, [.cbr, .rar], version: version)
        }
        #expect(try await due(1) == 1)
        let book = try #require(try await store.bookToConvert(1))
        try await bench.change { try $0.refuseConversion("it is cut", of: book, version: 1) }
        #expect(try await due(1) == 0)
        #expect(try await due(2) == 1)
        try await commit("S/1.cbr", content: 2)
        #expect(try await due(1) == 1)
        #expect(try await store.dueConversions(of: bench.comics, [.cb7], version: 1) == 0)
    }

    @Test func `originals are dismissed by age, by library, and when their time is over`() async throws {
        let id = try #require(try await complete(try await verified()))
        let original = try #require(try await store.original(id))
        try await store.move(original, to: .retained)
        #expect(try await store.dismissOriginals(isAll: false).count == 0)
        let before = original.convertedAt
        #expect(try await store.dismissOriginals(isAll: true, convertedBefore: before).count == 0)
        bench.time.move(by: .seconds(61))
        let other = try #require(LibraryName("books2"))
        #expect(try await store.dismissOriginals(of: other, isAll: false).count == 0)
        let marked = try await store.dismissOriginals(isAll: false)
        #expect(marked.count == 1 && marked.libraries == [bench.comics])
        #expect(try await store.original(id)?.state == .removing)
    }

    @Test func `an original is not dismissed where nothing else is left of its book`() async throws {
        let id = try #require(try await complete(try await verified(.keep)))
        try await bench.change { try $0.markMissing([1]) }
        #expect(try await store.dismissOriginals(isAll: true).count == 0)
        #expect(try await store.original(id)?.state == .kept)
        try await bench.change { try $0.restore([1]) }
        try await store.pool.write { try $0.execute(sql: "UPDATE book SET name = CAST('1.cbr' AS BLOB)") }
        #expect(try await store.known("S", of: bench.comics, version: 1).leftovers.isEmpty)
        #expect(try await store.dismissOriginals(isAll: true).count == 0)
        #expect(try await store.original(id) == nil, "it is the book")
    }

    @Test func `a directory with an original is not forgotten, empty as it seems`() async throws {
        let id = try #require(try await complete(try await verified()))
        let original = try #require(try await store.original(id))
        try await store.move(original, to: .retained, isOnShelf: true)
        try await store.pool.write {
            try $0.execute(sql: "DELETE FROM book; DELETE FROM series; UPDATE directory SET missing_since = 1")
        }
        let now = bench.time.look()
        _ = try await store.commit(for: bench.comics, job: nil) { try $0.purgeEmptyPlaces(since: now) }
        #expect(try await store.original(id)?.path == "S/1.cbr")
        try await store.move(original, to: .removed)
        _ = try await store.commit(for: bench.comics, job: nil) { try $0.purgeEmptyPlaces(since: now) }
        #expect(try await store.original(id) == nil)
    }

    @Test func `a wish follows its book to another library`() async throws {
        let other = try #require(LibraryName("books2"))
        let elsewhere = bench.record("K/1.cbz", content: 7)
        try await store.commit(for: other, job: nil) { try $0.record(elsewhere) }
        _ = try await store.wishConversion(of: 1, isUndo: false)
        try await store.pool.write {
            try $0.execute(
                sql: "UPDATE book SET library_id = (SELECT id FROM library WHERE name = 'books2') WHERE id = 1"
            )
        }
        #expect(try await store.conversionWishes(of: bench.comics).isEmpty)
        #expect(try await store.conversionWishes(of: other).map(\.book) == [1])
        #expect(try await store.librariesWithOpenConversions() == [other])
    }

    @Test func `what is due is found by an index, however many books there are`() async throws {
        let rows = try await store.pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    EXPLAIN QUERY PLAN SELECT count(*) FROM book WHERE library_id = 1
                        AND format IN ('cbr', 'rar', 'cb7', '7z', 'cbt', 'tar') AND missing_since IS NULL
                        AND condition = 'ready' AND format IN ('cbr')
                    """
            ).map { $0["detail"] as String }
        }
        #expect(rows.contains { $0.contains("book_convertible") }, "\(rows)")
    }
}
