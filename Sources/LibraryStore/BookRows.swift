// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import SystemPackage

/// From a place in a library to the rows of its books, and from a row to the file.
extension Database {
    /// The term that holds for the books of a directory, and where it `isDeep` for all below it too; `nil` where the
    /// catalog does not know the directory.
    func books(
        in directory: FilePath,
        isDeep: Bool,
        of library: LibraryName
    ) throws -> (sql: String, arguments: StatementArguments)? {
        if directory.isEmpty, isDeep { return try libraryID(library).map { ("book.library_id = ?", [$0]) } }
        guard let id = try self.directory(at: directory, of: library) else { return nil }
        let directories = isDeep ? "IN (\(Database.subtree) SELECT id FROM subtree)" : "= ?"
        return ("book.directory_id \(directories)", [id])
    }

    /// The columns of `book` that say where its file is and what it was.
    static let fileColumns = "id, directory_id, name, format, device, inode, born_ns, size, modified_ns, changed_ns"

    /// Reads these columns, which have to be the first; `nil` for a format that this version does not know.
    func file(
        _ row: Row
    ) throws -> (book: Int64, directory: FilePath, name: FileName, format: MediaFormat, stamp: FileStamp)? {
        guard let format = MediaFormat(rawValue: row[3]) else { return nil }
        let name = FileName(bytes: [UInt8](row[2] as Data))
        return (row[0], try path(ofDirectory: row[1]), name, format, FileStamp(row, from: 4))
    }
}
