// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// What a scan asks of the catalog before it compares.
extension LibraryStore {
    /// Everything the catalog holds of one directory; a directory it does not know is empty.
    ///
    /// `version` is the reader's version with the library's settings; books read by another are not current.
    package func known(
        _ directory: FilePath,
        of library: LibraryName,
        version: Int,
        triesAgain: Bool = false
    ) async throws -> KnownDirectory {
        try await pool.read { db in
            guard let id = try db.directory(at: directory, of: library) else { return KnownDirectory() }
            return try db.known(id, version: version, triesAgain)
        }
    }

    /// The paths of directories of a library that could not be read when they were last tried.
    package func unreadableDirectories(of library: LibraryName) async throws -> Set<FilePath> {
        try await pool.read { db in
            let sql = """
                SELECT path FROM problem JOIN library ON library.id = library_id
                WHERE library.name = ? AND path IS NOT NULL
                """
            return Set(try Data.fetchAll(db, sql: sql, arguments: [library.text]).map { FilePath(bytes: [UInt8]($0)) })
        }
    }
}

extension Database {
    /// Begins a query with `subtree`: a directory, the first argument, and all below it.
    static let subtree = """
        WITH RECURSIVE subtree (id) AS (
            VALUES (?) UNION ALL
            SELECT directory.id FROM directory JOIN subtree ON directory.parent_id = subtree.id
        )

        """

    /// An id that no row of a table has or ever had, for a new one.
    func nextID(of table: String) throws -> Int64 {
        let statement = try cachedStatement(
            sql: """
                SELECT max(last, coalesce((SELECT max(id) FROM \(table)), 0)) + 1 FROM spent_id WHERE kind = '\(table)'
                """
        )
        return try Int64.fetchOne(statement) ?? 1
    }

    func libraryID(_ library: LibraryName) throws -> Int64? {
        try Int64.fetchOne(
            cachedStatement(sql: "SELECT id FROM library WHERE name = ?"),
            arguments: [library.text]
        )
    }

    /// The row of a directory, by its path below the library's root.
    func directory(at path: FilePath, of library: LibraryName) throws -> Int64? {
        guard let libraryID = try libraryID(library),
            var id = try Int64.fetchOne(
                cachedStatement(sql: "SELECT id FROM directory WHERE library_id = ? AND parent_id IS NULL"),
                arguments: [libraryID]
            )
        else { return nil }
        let child = try cachedStatement(sql: "SELECT id FROM directory WHERE parent_id = ? AND name = ?")
        for name in path.names {
            guard let next = try Int64.fetchOne(child, arguments: [id, Data(name.bytes)]) else { return nil }
            id = next
        }
        return id
    }

    /// The path of a directory below its library's root.
    func path(ofDirectory id: Int64) throws -> FilePath {
        try path(ofDirectory: id) { name, _ in name }
    }

    /// The same with the names that people know, where a row had to make way for another.
    func shownPath(ofDirectory id: Int64) throws -> FilePath {
        try path(ofDirectory: id, AsideName.original)
    }

    private func path(ofDirectory id: Int64, _ shown: (FileName, Int64) -> FileName) throws -> FilePath {
        var names: [FileName] = []
        var next: Int64? = id
        let parent = try cachedStatement(sql: "SELECT parent_id, name FROM directory WHERE id = ?")
        while let id = next {
            guard let row = try Row.fetchOne(parent, arguments: [id]) else { break }
            next = row[0]
            if next != nil { names.append(shown(FileName(bytes: [UInt8](row[1] as Data)), id)) }
        }
        return names.reversed().reduce(into: FilePath()) { $0 = $0.appending($1) }
    }

    fileprivate func known(_ id: Int64, version: Int, _ triesAgain: Bool) throws -> KnownDirectory {
        var known = KnownDirectory()
        known.id = id
        let own = try cachedStatement(
            sql: """
                SELECT device, inode, born_ns, modified_ns, changed_ns, missing_since, series_document_digest
                FROM directory WHERE id = ?
                """
        )
        if let row = try Row.fetchOne(own, arguments: [id]) {
            known.isMissing = !(row[5] as DatabaseValue).isNull
            known.stamp = DirectoryStamp(row, from: 0)
            known.seriesDocument = row[6]
        }
        let children = try cachedStatement(
            sql: "SELECT id, name, missing_since IS NOT NULL FROM directory WHERE parent_id = ?"
        )
        let directories = try Row.fetchCursor(children, arguments: [id])
        while let row = try directories.next() {
            let name = FileName(bytes: [UInt8](row[1] as Data))
            known.directories.append(KnownDirectory.Child(id: row[0], name: name, isMissing: row[2]))
        }
        let ofBooks = try cachedStatement(
            sql: """
                SELECT id, name, missing_since IS NOT NULL,
                    facts_version = ? AND NOT (? AND condition = 'error'),
                    device, inode, born_ns, size, modified_ns, changed_ns, is_ignored, sidecars
                FROM book WHERE directory_id = ?
                """
        )
        let books = try Row.fetchCursor(ofBooks, arguments: [version, triesAgain, id])
        while let row = try books.next() {
            known.books.append(
                KnownBook(
                    id: row[0],
                    name: FileName(bytes: [UInt8](row[1] as Data)),
                    stamp: FileStamp(row, from: 4),
                    isMissing: row[2],
                    isIgnored: row[10],
                    isCurrent: row[3],
                    sidecars: row[11]
                )
            )
        }
        known.leftovers = try leftovers(in: id)
        return known
    }
}

extension FileStamp {
    /// Reads device, inode, birth, size and both times from six columns, the first at `first`.
    init(_ row: Row, from first: Int) {
        self.init(
            device: UInt64(bitPattern: row[first]),
            inode: UInt64(bitPattern: row[first + 1]),
            born: (row[first + 2] as Int64?).map(Timestamp.init(nanoseconds:)),
            size: row[first + 3],
            modified: Timestamp(nanoseconds: row[first + 4]),
            changed: Timestamp(nanoseconds: row[first + 5])
        )
    }
}
