// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// Where the catalog has a book, for finding out whether it is the one that turned up elsewhere.
package struct BookPlace: Sendable, Equatable {
    package var id: Int64
    package var library: LibraryName
    package var directory: FilePath
    package var name: FileName
    package var stamp: FileStamp

    /// The SHA-256 of the file, where it was worked out.
    package var hash: [UInt8]?
    package var isMissing: Bool
    package var addedAt: Timestamp

    package var path: FilePath { directory.appending(name) }

    /// What tells it from other books of its content.
    package var traits: BookMatch.Traits {
        BookMatch.Traits(name: name, size: stamp.size, modified: stamp.modified, hash: hash)
    }
}

extension LibraryStore {
    /// The books of any library, present or missing, that bear one of some files' identities; of many hard links a few.
    package func books(bearing identities: Set<FileIdentity>) async throws -> [FileIdentity: [BookPlace]] {
        if identities.isEmpty { return [:] }
        return try await pool.read { db in
            let statement = try db.cachedStatement(
                sql: Database.places + "WHERE inode = ? AND born_ns = ? ORDER BY book.id LIMIT 32"
            )
            return try identities.reduce(into: [:]) { found, identity in
                let arguments: StatementArguments = [Int64(bitPattern: identity.inode), identity.born.nanoseconds]
                let places = try db.places(statement, arguments)
                if !places.isEmpty { found[identity] = places }
            }
        }
    }

    /// The books of any library, present or missing, that have one of some contents; none of a content that more than
    /// `limit` have.
    package func books(
        holding fingerprints: Set<Fingerprint>,
        limit: Int
    ) async throws -> [Fingerprint: [BookPlace]] {
        if fingerprints.isEmpty { return [:] }
        return try await pool.read { db in
            let statement = try db.cachedStatement(
                sql: Database.places + "WHERE fingerprint = ? ORDER BY book.id LIMIT ?"
            )
            return try fingerprints.reduce(into: [:]) { found, fingerprint in
                let places = try db.places(statement, [Data(fingerprint.bytes), limit + 1])
                if !places.isEmpty, places.count <= limit { found[fingerprint] = places }
            }
        }
    }

    /// Of some books those at whose place another is that was renamed over them, with that one as what has become of them.
    package func replacements(of books: Set<Int64>) async throws -> [BookCopy] {
        try await pool.read { db in
            let own = try db.cachedStatement(sql: Database.places + "WHERE book.id = ? AND missing_since IS NULL")
            let other = try db.cachedStatement(
                sql: Database.places + """
                    WHERE directory_id = (SELECT directory_id FROM book WHERE id = ?) AND book.name = ?
                        AND missing_since IS NULL
                    """
            )
            return try books.sorted().compactMap { id in
                guard let place = try db.places(own, [id]).first, let name = AsideName.replaced(place.name, id: id),
                    let replacement = try db.places(other, [id, Data(name.bytes)]).first
                else { return nil }
                return BookCopy(original: place, copy: replacement)
            }
        }
    }

    /// Of some books and of all below some directories those whose contents another, present book has that was added
    /// since; by their contents.
    package func copied(
        books: [Int64],
        andBelow directories: [Int64],
        since: Timestamp
    ) async throws -> [Fingerprint: [Int64]] {
        try await pool.read { db in
            let isCopied = """
                missing_since IS NULL AND fingerprint IS NOT NULL AND EXISTS (
                    SELECT 1 FROM book AS copy WHERE copy.fingerprint = book.fingerprint AND copy.id != book.id
                        AND copy.missing_since IS NULL AND copy.added_at > ?
                )
                """
            let single = try db.cachedStatement(sql: "SELECT id, fingerprint FROM book WHERE id = ? AND \(isCopied)")
            let below = try db.cachedStatement(
                sql: Database.subtree + """
                    SELECT book.id, fingerprint FROM book JOIN subtree ON subtree.id = directory_id WHERE \(isCopied)
                    """
            )
            let rows =
                try books.flatMap { try Row.fetchAll(single, arguments: [$0, since.nanoseconds]) }
                + directories.flatMap { try Row.fetchAll(below, arguments: [$0, since.nanoseconds]) }
            return rows.reduce(into: [:]) { contents, row in
                guard let fingerprint = Fingerprint(bytes: [UInt8](row[1] as Data)) else { return }
                contents[fingerprint, default: []].append(row[0])
            }
        }
    }
}

extension Database {
    static let places = """
        SELECT book.id, directory_id, book.name, library.name, device, inode, born_ns, size, modified_ns, changed_ns,
            hash, missing_since IS NOT NULL, added_at
        FROM book JOIN library ON library.id = library_id

        """

    func places(_ statement: Statement, _ arguments: StatementArguments) throws -> [BookPlace] {
        try Row.fetchAll(statement, arguments: arguments).compactMap { row in
            guard let library = LibraryName(row[3]) else { return nil }
            return BookPlace(
                id: row[0],
                library: library,
                directory: try path(ofDirectory: row[1]),
                name: FileName(bytes: [UInt8](row[2] as Data)),
                stamp: FileStamp(row, from: 4),
                hash: (row[10] as Data?).map { [UInt8]($0) },
                isMissing: row[11],
                addedAt: Timestamp(nanoseconds: row[12])
            )
        }
    }
}
