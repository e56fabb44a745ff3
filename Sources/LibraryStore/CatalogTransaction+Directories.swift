// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

extension CatalogTransaction {
    /// The row of a directory, made with those above it where there is none; a row that exists is left as it is.
    @discardableResult
    package func directory(at path: FilePath) throws -> Int64 {
        let id = try directories[path] ?? db.directory(at: path, of: library) ?? insertDirectory(path)
        directories[path] = id
        return id
    }

    /// Notes that a directory was seen, which proves those above it, too; its row is made where there is none.
    ///
    /// `stamp` is what it was when it was listed. Only the identity in it is kept, so that a directory is recognised
    /// after a move also while it is not settled; another identity than before unsettles it. Nothing is written that
    /// is so already.
    @discardableResult
    package func present(at path: FilePath, as stamp: DirectoryStamp? = nil) throws -> Int64 {
        let id = try directory(at: path)
        if presentDirectories.insert(id).inserted {
            try run(
                """
                WITH RECURSIVE above (id) AS (
                    VALUES (?) UNION ALL
                    SELECT parent_id FROM directory JOIN above ON directory.id = above.id WHERE parent_id IS NOT NULL
                )
                UPDATE directory SET missing_since = NULL
                WHERE missing_since IS NOT NULL AND id IN (SELECT id FROM above)
                """,
                id
            )
        }
        if let stamp { try identify(id, stamp) }
        return id
    }

    /// Notes that everything a directory's listing showed is in the catalog, or, without a stamp, that it is not.
    ///
    /// A stamp that the disk still bears means that there is nothing to do in this directory. So it is written only
    /// where no book of the listing is pending or unread, no loss waits, and the listing itself is beyond doubt.
    package func settle(_ path: FilePath, stamp: DirectoryStamp?, digest: ListingDigest) throws {
        guard let stamp else { return try unsettle(path) }
        try run(
            """
            UPDATE directory SET device = ?1, inode = ?2, born_ns = ?3, modified_ns = ?4, changed_ns = ?5,
                names_digest = ?6, files_digest = ?7
            WHERE id = ?8 AND (inode, born_ns, modified_ns, changed_ns, names_digest, files_digest)
                IS NOT (?2, ?3, ?4, ?5, ?6, ?7)
            """,
            Int64(bitPattern: stamp.device),
            Int64(bitPattern: stamp.inode),
            stamp.born?.nanoseconds,
            stamp.modified.nanoseconds,
            stamp.changed.nanoseconds,
            Int64(bitPattern: digest.names),
            Int64(bitPattern: digest.files),
            try present(at: path)
        )
    }

    /// Takes the stamp from a directory, so that it is looked at again; its identity stays.
    private func unsettle(_ path: FilePath) throws {
        guard let id = try directories[path] ?? db.directory(at: path, of: library) else { return }
        try run(
            """
            UPDATE directory SET modified_ns = NULL, changed_ns = NULL, names_digest = NULL, files_digest = NULL
            WHERE id = ? AND changed_ns IS NOT NULL
            """,
            id
        )
    }

    private func identify(_ id: Int64, _ stamp: DirectoryStamp) throws {
        try run(
            """
            UPDATE directory SET device = ?1, inode = ?2, born_ns = ?3, modified_ns = NULL, changed_ns = NULL,
                names_digest = NULL, files_digest = NULL
            WHERE id = ?4 AND (inode, born_ns) IS NOT (?2, ?3)
            """,
            Int64(bitPattern: stamp.device),
            Int64(bitPattern: stamp.inode),
            stamp.born?.nanoseconds,
            id
        )
    }

    private func insertDirectory(_ path: FilePath) throws -> Int64 {
        guard let name = path.names.last else {
            try run("INSERT INTO directory (library_id, name) VALUES (?, x'')", libraryID)
            return db.lastInsertedRowID
        }
        let parent = try directory(at: path.removingLastComponent())
        try run(
            "INSERT INTO directory (library_id, parent_id, name) VALUES (?, ?, ?)",
            libraryID,
            parent,
            Data(name.bytes)
        )
        return db.lastInsertedRowID
    }
}
