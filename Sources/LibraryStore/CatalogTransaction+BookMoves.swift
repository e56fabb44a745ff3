// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// A book that was recognised at another place than the catalog has it.
package struct BookMove: Sendable, Equatable {
    package var book: Int64
    package var directory: FilePath
    package var name: FileName
    package var seriesDirectory: FilePath

    /// The series' name where its directory is the library's root.
    package var rootName: String

    /// What the file is at its new place; `nil` where ``CatalogTransaction/record(_:)`` will say.
    package var stamp: FileStamp?

    package init(
        book: Int64,
        directory: FilePath,
        name: FileName,
        seriesDirectory: FilePath,
        rootName: String,
        stamp: FileStamp? = nil
    ) {
        self.book = book
        self.directory = directory
        self.name = name
        self.seriesDirectory = seriesDirectory
        self.rootName = rootName
        self.stamp = stamp
    }
}

extension CatalogTransaction {
    /// Where a book was before it moved.
    private struct Origin {
        var library: Int64
        var libraryName: String
        var series: Int64
        var path: FilePath
        var isMissing: Bool
    }

    /// Gives books other places, in this library or from another into this, with all that is known of them.
    ///
    /// All at once, so that books may exchange their places. What has no file of its own at such a place any more makes
    /// way under an ``AsideName``; a book that was missing is back.
    ///
    /// - Returns: the books that made way and are not among `moves`, present and missing ones.
    @discardableResult
    package func move(books moves: [BookMove]) throws -> [Int64] {
        var origins: [Int64: Origin] = [:]
        for move in moves {
            origins[move.book] = try origin(of: move.book)
            try makeWay(move.book)
        }
        var displaced: [Int64] = []
        for move in moves {
            guard let origin = origins[move.book] else { continue }
            let directory = try present(at: move.directory)
            let occupant = try db.cachedStatement(sql: "SELECT id FROM book WHERE directory_id = ? AND name = ?")
            if let other = try Int64.fetchOne(occupant, arguments: [directory, Data(move.name.bytes)]) {
                try makeWay(other)
                displaced.append(other)
            }
            try place(move, in: directory, from: origin)
        }
        return displaced
    }

    private func origin(of book: Int64) throws -> Origin? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT library_id, library.name, series_id, directory_id, book.name, missing_since IS NOT NULL
                FROM book JOIN library ON library.id = library_id WHERE book.id = ?
                """
        )
        return try Row.fetchOne(statement, arguments: [book]).map { row in
            let name = AsideName.original(of: FileName(bytes: [UInt8](row[4] as Data)), id: book)
            return Origin(
                library: row[0],
                libraryName: row[1],
                series: row[2],
                path: try db.path(ofDirectory: row[3]).appending(name),
                isMissing: row[5]
            )
        }
    }

    private func makeWay(_ book: Int64) throws {
        let statement = try db.cachedStatement(sql: "SELECT name FROM book WHERE id = ?")
        guard let name = try Data.fetchOne(statement, arguments: [book]) else { return }
        let aside = AsideName(FileName(bytes: [UInt8](name)), id: book).name
        try run("UPDATE book SET name = ? WHERE id = ?", Data(aside.bytes), book)
    }

    private func place(_ move: BookMove, in directory: Int64, from origin: Origin) throws {
        let id = move.book
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
        let path = move.directory.appending(move.name)
        try moveProblems(of: id, from: origin.path, to: path)
        touchedSeries.formUnion([origin.series, series])
        if series != origin.series { seriesLeft[origin.series, default: []].insert(series) }
        report[.movedMedia] += 1
        var item = EventItem(id: id, seriesID: series, path: path.string)
        item.from = origin.path.string
        item.fromLibrary = origin.library == libraryID ? nil : origin.libraryName
        items[.bookMoved, default: []].append(item)
        if origin.isMissing {
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
