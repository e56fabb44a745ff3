// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// A book that was recognised at another place than the catalog has it.
package struct BookMove: Sendable, Equatable {
    /// Where the catalog had it when it was recognised.
    package var origin: BookPlace
    package var directory: FilePath
    package var name: FileName
    package var seriesDirectory: FilePath

    /// The series' name where its directory is the library's root.
    package var rootName: String

    /// What the file is at its new place; `nil` where ``CatalogTransaction/record(_:)`` will say.
    package var stamp: FileStamp?

    /// The file at its new place where that is one which it had before another took its place, or has its content; all of
    /// it is still to be recorded.
    package var formerFile: FileStamp?

    /// Whether nothing is where it was, so that it may have been renamed over what is at its new place.
    package var leavesNothing: Bool

    package init(
        _ origin: BookPlace,
        to directory: FilePath,
        as name: FileName,
        seriesDirectory: FilePath,
        rootName: String,
        stamp: FileStamp? = nil,
        formerFile: FileStamp? = nil,
        leavesNothing: Bool = false
    ) {
        self.origin = origin
        self.directory = directory
        self.name = name
        self.seriesDirectory = seriesDirectory
        self.rootName = rootName
        self.stamp = stamp
        self.formerFile = formerFile
        self.leavesNothing = leavesNothing
    }
}

/// Thrown through a transaction where a book that was recognised is no longer where it was: a scan of another library
/// was faster, and what was found has to be found again.
package struct BookMoveRefused: Error {}

extension CatalogTransaction {
    /// Gives books other places, in this library or from another into this, with all that is known of them.
    ///
    /// All at once, so that books may exchange their places. What has no file of its own at such a place any more makes
    /// way under an ``AsideName``; a book that was missing is back.
    ///
    /// - Returns: the books that made way and are not among `moves`, present and missing ones.
    /// - Throws: ``BookMoveRefused`` where a book is not at its origin.
    @discardableResult
    package func move(books moves: [BookMove]) throws -> [Int64] {
        var series: [Int64] = []
        for move in moves {
            guard let origin = try self.series(ofBookAt: move.origin) else { throw BookMoveRefused() }
            series.append(origin)
            try makeWay(move.origin.id)
        }
        var displaced: [Int64] = []
        for (move, oldSeries) in zip(moves, series) {
            let directory = try present(at: move.directory)
            let occupant = try db.cachedStatement(sql: "SELECT id FROM book WHERE directory_id = ? AND name = ?")
            if let other = try Int64.fetchOne(occupant, arguments: [directory, Data(move.name.bytes)]) {
                try makeWay(other, isReplaced: move.leavesNothing)
                displaced.append(other)
            }
            try place(move, in: directory, from: oldSeries)
        }
        return displaced
    }

    /// The series of a book that is where it was found, with the same file and as present or missing as then; `nil` where
    /// it is not.
    ///
    /// A scan of another library may have met another file at its place since, and the row tells of that one.
    func series(ofBookAt origin: BookPlace) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT series_id, directory_id FROM book JOIN library ON library.id = library_id
                WHERE book.id = ? AND library.name = ? AND book.name = ? AND (missing_since IS NOT NULL) = ?
                    AND inode = ? AND born_ns IS ?
                """
        )
        let arguments: StatementArguments = [
            origin.id, origin.library.text, Data(origin.name.bytes), origin.isMissing,
            Int64(bitPattern: origin.stamp.inode), origin.stamp.born?.nanoseconds,
        ]
        guard let row = try Row.fetchOne(statement, arguments: arguments),
            try db.path(ofDirectory: row[1]) == origin.directory
        else { return nil }
        return row[0]
    }

    private func makeWay(_ book: Int64, isReplaced: Bool = false) throws {
        let statement = try db.cachedStatement(sql: "SELECT name FROM book WHERE id = ?")
        guard let name = try Data.fetchOne(statement, arguments: [book]) else { return }
        let aside = AsideName(FileName(bytes: [UInt8](name)), id: book, isReplaced: isReplaced).name
        try run("UPDATE book SET name = ? WHERE id = ?", Data(aside.bytes), book)
    }

    private func place(_ move: BookMove, in directory: Int64, from oldSeries: Int64) throws {
        let id = move.origin.id
        let series = try self.series(at: move.seriesDirectory, rootName: move.rootName)
        try run(
            """
            UPDATE book SET library_id = ?, directory_id = ?, name = ?, series_id = ?, missing_since = NULL,
                is_ignored = 0, updated_at = ?
            WHERE id = ?
            """,
            libraryID,
            directory,
            Data(move.name.bytes),
            series,
            instant.nanoseconds,
            id
        )
        if let stamp = move.stamp {
            try keep(stamp, of: id)
            try nameAnew(id, move.name, in: move.directory)
        }
        if let file = move.formerFile { try takeBack(file, of: id) }
        let path = move.directory.appending(move.name)
        let old = move.origin.directory.appending(AsideName.original(of: move.origin.name, id: id))
        try moveProblems(of: id, from: old, to: path)
        touchedSeries.formUnion([oldSeries, series])
        if series != oldSeries { seriesLeft[oldSeries, default: []].insert(series) }
        report[.movedMedia] += 1
        var item = EventItem(id: id, seriesID: series, path: path.string)
        item.from = old.string
        item.fromLibrary = move.origin.library == library ? nil : move.origin.library.text
        items[.bookMoved, default: []].append(item)
        if move.origin.isMissing {
            try resolve(.missing, of: id, at: path)
            welcomeBack(id, seriesID: series, path: path)
        }
    }

    private func keep(_ stamp: FileStamp, of book: Int64) throws {
        try run(
            """
            UPDATE book SET device = ?, inode = ?, born_ns = ?, size = ?, modified_ns = ?, changed_ns = ? WHERE id = ?
            """,
            Int64(bitPattern: stamp.device),
            Int64(bitPattern: stamp.inode),
            stamp.born?.nanoseconds,
            stamp.size,
            stamp.modified.nanoseconds,
            stamp.changed.nanoseconds,
            book
        )
    }

    /// Takes from a book's new name what its old one said, without a look into the book.
    private func nameAnew(_ book: Int64, _ name: FileName, in directory: FilePath) throws {
        let statement = try db.cachedStatement(sql: "SELECT document FROM metadata WHERE book_id = ?")
        guard let document = try String.fetchOne(statement, arguments: [book]) else { return }
        var metadata = try MetadataDocument.metadata(in: document)
        // No facts at all are those of a library that wants none, or of a book that could not be read.
        if metadata.isEmpty { return }
        metadata.forget(.filename)
        BookName(name, folder: directory.names.last).fill(&metadata)
        metadata.completeSortTitle()
        if try MetadataDocument.text(of: metadata) != document { try keep(metadata, of: book) }
    }

    private func moveProblems(of book: Int64, from old: FilePath, to new: FilePath) throws {
        try run(
            """
            UPDATE problem SET library_id = ?1,
                detail = iif(substr(detail, 1, length(?3)) = ?3, ?2 || substr(detail, length(?3) + 1), detail)
            WHERE book_id = ?4
            """,
            libraryID,
            new.string,
            old.string,
            book
        )
    }
}
