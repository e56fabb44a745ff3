// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import LibraryModel
import LibraryStore
package import SystemPackage

extension Stumpd {
    /// Puts a backup in the place of the database, while no daemon runs on it.
    ///
    /// - Returns: what was done, in lines for a person.
    /// - Throws: a ``DaemonFault``; then the database is as it was.
    package static func restore(_ backup: FilePath, _ arguments: Arguments) throws -> [String] {
        umask(0o077)
        let here = surroundings(arguments)
        let backup = here.workingDirectory.pushing(backup).lexicallyNormalized()
        let state = try DaemonPaths.state(restoring: backup, here) { directory in
            // The lock outlives a database that somebody removed because it was damaged.
            ["stump.db", "lock"].contains { FileManager.default.fileExists(atPath: directory.appending($0).string) }
        }
        try DaemonPaths.prepare(state: state)
        try StateFileSystem.refuse(state)
        let lock = try StateLock(state)
        // Root made it for the user of the service, who could not open it.
        if geteuid() == 0, let owner = try? state.stat() {
            _ = state.appending("lock").withPlatformString {
                lchown($0, owner.userID.rawValue, owner.groupID.rawValue)
            }
        }
        let database = state.appending("stump.db")
        defer { withExtendedLifetime(lock) {} }
        let outcome: DatabaseRestore.Outcome
        do {
            outcome = try DatabaseRestore(of: database).run(from: backup, at: .wallClock)
        } catch {
            throw RestoreEnd(cause: error)
        }
        var lines = ["restored \(database.string.escaped) from \(backup.string.escaped), \(outcome.bytes) bytes"]
        if let aside = outcome.aside { lines.append("the old database is kept as \(aside.string.escaped)") }
        return lines + ["start stumpd again; it compares the libraries with what the backup knows"]
    }
}

/// A restore that was not done, as the end of the process.
struct RestoreEnd: DaemonFault {
    let cause: RestoreFault

    var code: String { cause.code }
    var summary: String { cause.summary }
    var remedy: String? { cause.remedy }

    var exitCode: Int32 {
        switch cause {
        case .cannotRead(_, .permissionDenied): ExitCode.permission
        case .cannotRead, .notAFile, .sameFile: ExitCode.usage
        case .bad, .newer: ExitCode.database
        case .cannotWrite: ExitCode.notWritable
        }
    }
}
