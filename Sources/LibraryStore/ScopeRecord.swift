// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import SystemPackage

/// How the scope of a scan becomes rows of `job_directory`, and rows a scope.
extension Database {
    func scope(of job: Int64) throws -> ScanScope {
        let statement = try cachedStatement(
            sql: "SELECT path, is_deep, removed_files, removed_directories FROM job_directory WHERE job_id = ?"
        )
        var directories: [FilePath: ScanScope.Depth] = [:]
        let rows = try Row.fetchCursor(statement, arguments: [job])
        while let row = try rows.next() {
            let removals = Removals(files: row[2], directories: row[3])
            directories[FilePath(bytes: [UInt8](row[0] as Data))] = ScanScope.Depth(isDeep: row[1], removals: removals)
        }
        return ScanScope(directories)
    }

    /// Makes a job's rows those of a scope; what they were `before` and still are is not written again.
    func keep(_ scope: ScanScope, of job: Int64, before: ScanScope = ScanScope()) throws {
        try remove(before.directories.keys.filter { scope.directories[$0] == nil }, of: before, job)
        let insertion = try cachedStatement(
            sql: """
                INSERT INTO job_directory (job_id, path, is_deep, removed_files, removed_directories)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (job_id, path) DO UPDATE SET is_deep = excluded.is_deep,
                    removed_files = excluded.removed_files, removed_directories = excluded.removed_directories
                """
        )
        for (directory, depth) in scope.directories where before.directories[directory] != depth {
            let arguments: StatementArguments = [
                job, Data(directory.bytes), depth.isDeep, depth.removals.files, depth.removals.directories,
            ]
            try insertion.execute(arguments: arguments)
        }
    }

    private func remove(_ directories: [FilePath], of scope: ScanScope, _ job: Int64) throws {
        // Widened to the whole library, a scope loses all that it named.
        if directories.count == scope.directories.count {
            return try cachedStatement(sql: "DELETE FROM job_directory WHERE job_id = ?").execute(arguments: [job])
        }
        let deletion = try cachedStatement(sql: "DELETE FROM job_directory WHERE job_id = ? AND path = ?")
        for directory in directories { try deletion.execute(arguments: [job, Data(directory.bytes)]) }
    }
}
