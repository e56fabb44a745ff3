// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// The tree of directories as the catalog holds it, for the watcher.
extension LibraryStore {
    /// Gives every present directory of a library to `body`, parents before their children.
    ///
    /// Streamed, so that memory is what `body` keeps. A reading transaction is open meanwhile: `body` must not wait.
    package func tree(
        of library: LibraryName,
        _ body: @Sendable @escaping (StoredDirectory) -> Void
    ) async throws {
        try await pool.read { db in
            // All columns ride along: a second look at each row would cost as much again. A child's row is found only
            // when its parent's is given out, whatever their ids; a directory that was moved may be the older one.
            let columns = [
                "id", "parent_id", "name", "device", "inode", "born_ns", "modified_ns", "changed_ns", "names_digest",
                "files_digest",
            ]
            let qualified = columns.map { "directory.\($0)" }.joined(separator: ", ")
            let sql = """
                WITH RECURSIVE tree (\(columns.joined(separator: ", "))) AS (
                    SELECT \(qualified) FROM directory JOIN library ON library.id = library_id
                    WHERE library.name = ? AND parent_id IS NULL AND missing_since IS NULL
                    UNION ALL
                    SELECT \(qualified) FROM directory JOIN tree ON directory.parent_id = tree.id
                    WHERE missing_since IS NULL
                )
                SELECT * FROM tree
                """
            let rows = try Row.fetchCursor(db, sql: sql, arguments: [library.text])
            while let row = try rows.next() { body(StoredDirectory(row)) }
        }
    }

    /// The one row that a directory, which is new at `path`, had at another path, present there or missing.
    ///
    /// Recognised by inode and time of birth together; `nil` where the file system does not tell the latter, and where
    /// no row or several bear both. A present row counts before missing ones: what went unrecognised once left its
    /// husk behind. Whether the other path is really gone is for the caller to prove: a snapshot and a bind mount show
    /// one directory at two places.
    package func movedDirectory(
        _ stamp: DirectoryStamp,
        to path: FilePath,
        of library: LibraryName
    ) async throws -> (id: Int64, path: FilePath)? {
        guard let born = stamp.born else { return nil }
        return try await pool.read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT directory.id, missing_since IS NULL
                    FROM directory JOIN library ON library.id = library_id
                    WHERE inode = ? AND born_ns = ? AND library.name = ? AND parent_id IS NOT NULL
                    """
            )
            let arguments: StatementArguments = [Int64(bitPattern: stamp.inode), born.nanoseconds, library.text]
            let rows = try Row.fetchAll(statement, arguments: arguments)
                .map { (id: $0[0] as Int64, path: try db.path(ofDirectory: $0[0]), isPresent: $0[1] as Bool) }
                .filter { $0.path != path }
            let present = rows.filter(\.isPresent)
            let found = present.isEmpty ? rows : present
            return found.count == 1 ? found.first.map { ($0.id, $0.path) } : nil
        }
    }
}

extension DirectoryStamp {
    /// Reads device, inode, birth and both times from five columns, the first at `first`; `nil` where the directory is
    /// not settled.
    init?(_ row: Row, from first: Int) {
        guard let device = row[first] as Int64?, let inode = row[first + 1] as Int64?,
            let modified = row[first + 3] as Int64?, let changed = row[first + 4] as Int64?
        else { return nil }
        self.init(
            device: UInt64(bitPattern: device),
            inode: UInt64(bitPattern: inode),
            born: (row[first + 2] as Int64?).map(Timestamp.init(nanoseconds:)),
            modified: Timestamp(nanoseconds: modified),
            changed: Timestamp(nanoseconds: changed)
        )
    }
}

extension StoredDirectory {
    fileprivate init(_ row: Row) {
        var digest: ListingDigest?
        if let names = row[8] as Int64?, let files = row[9] as Int64? {
            digest = ListingDigest(names: UInt64(bitPattern: names), files: UInt64(bitPattern: files))
        }
        self.init(
            id: row[0],
            parent: row[1],
            name: FileName(bytes: [UInt8](row[2] as Data)),
            stamp: DirectoryStamp(row, from: 3),
            digest: digest
        )
    }
}
