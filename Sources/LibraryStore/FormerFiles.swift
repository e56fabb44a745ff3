// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel

/// The files that books had before others took their places.
///
/// Two books may exchange their places, or one be moved and another get its name, and of the two places the one be
/// scanned before the other: what it shows is a book with another file. Where the former file, or its content, is met a
/// moment later, the book goes with that, and what is at its place is a book of its own.
extension Schema {
    static let formerFiles = """
        CREATE TABLE former_file (
            book_id INTEGER PRIMARY KEY REFERENCES book (id) ON DELETE CASCADE,
            inode INTEGER NOT NULL,
            born_ns INTEGER NOT NULL,
            size INTEGER NOT NULL,
            modified_ns INTEGER NOT NULL,
            -- NULL where the content is still the book's.
            fingerprint BLOB CHECK (length(fingerprint) = 16),
            replaced_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX former_file_identity ON former_file (inode, born_ns);
        CREATE INDEX former_file_content ON former_file (fingerprint) WHERE fingerprint IS NOT NULL;
        """
}

extension LibraryStore {
    /// The books that have had one of some files since an instant, where they are now.
    package func books(
        formerly identities: Set<FileIdentity>,
        since: Timestamp
    ) async throws -> [FileIdentity: BookPlace] {
        if identities.isEmpty { return [:] }
        return try await pool.read { db in
            guard try db.hasFormerFiles else { return [:] }
            let statement = try db.cachedStatement(
                sql: Database.formerPlaces + """
                    WHERE former_file.inode = ? AND former_file.born_ns = ? AND replaced_at >= ?
                    """
            )
            return try identities.reduce(into: [:]) { found, identity in
                let arguments: StatementArguments = [
                    Int64(bitPattern: identity.inode), identity.born.nanoseconds, since.nanoseconds,
                ]
                found[identity] = try db.places(statement, arguments).first
            }
        }
    }

    /// The books that have had one of some contents since an instant, in the files that they have no longer, where they
    /// are now and with what is known of these files.
    package func books(
        formerlyHolding fingerprints: Set<Fingerprint>,
        since: Timestamp
    ) async throws -> [Fingerprint: [BookPlace]] {
        if fingerprints.isEmpty { return [:] }
        return try await pool.read { db in
            guard try db.hasFormerFiles else { return [:] }
            let statement = try db.cachedStatement(
                sql: Database.formerPlaces + "WHERE former_file.fingerprint = ? AND replaced_at >= ? ORDER BY book.id"
            )
            return try fingerprints.reduce(into: [:]) { found, fingerprint in
                let places = try db.places(statement, [Data(fingerprint.bytes), since.nanoseconds])
                if !places.isEmpty { found[fingerprint] = places }
            }
        }
    }

    /// Forgets those of before an instant, or all, when everything that was on the disks has been looked at since.
    package func forgetFormerFiles(before instant: Timestamp? = nil) async throws {
        let arguments: StatementArguments = [(instant ?? Timestamp(nanoseconds: .max)).nanoseconds]
        let condition = "FROM former_file WHERE replaced_at <= ?"
        let any = try await pool.read { db in
            try Bool.fetchOne(db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 \(condition))"), arguments: arguments)
        }
        guard any == true else { return }
        try await pool.write { try $0.execute(sql: "DELETE \(condition)", arguments: arguments) }
    }
}

extension Database {
    /// As ``places``, with size and time of the former file.
    fileprivate static let formerPlaces = """
        SELECT book.id, directory_id, book.name, library.name, device, book.inode, book.born_ns, former_file.size,
            former_file.modified_ns, changed_ns, NULL, missing_since IS NOT NULL, added_at
        FROM former_file JOIN book ON book.id = book_id JOIN library ON library.id = library_id

        """

    fileprivate var hasFormerFiles: Bool {
        get throws {
            try Bool.fetchOne(cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM former_file)")) ?? false
        }
    }
}

extension CatalogTransaction {
    /// Notes which file a book had, when another has taken its place; of several the first, which was there when all was
    /// quiet.
    func noteFormerFile(of book: Int64, was old: FileStamp, holding fingerprint: Data?, is new: FileStamp) throws {
        guard let identity = old.identity, identity != new.identity else { return }
        try run(
            """
            INSERT INTO former_file (book_id, inode, born_ns, size, modified_ns, fingerprint, replaced_at)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            book,
            Int64(bitPattern: identity.inode),
            identity.born.nanoseconds,
            old.size,
            old.modified.nanoseconds,
            fingerprint,
            instant.nanoseconds
        )
    }

    /// Gives a book the file back that it had, or one with its content; what else is known of it is of the one that had
    /// taken its place, and must not have that one taken for the book.
    func takeBack(_ file: FileStamp, of book: Int64) throws {
        try run("DELETE FROM former_file WHERE book_id = ?", book)
        try run(
            "UPDATE book SET device = ?, inode = ?, born_ns = ?, fingerprint = NULL WHERE id = ?",
            Int64(bitPattern: file.device),
            Int64(bitPattern: file.inode),
            file.born?.nanoseconds,
            book
        )
    }
}
