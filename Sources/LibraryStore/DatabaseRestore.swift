// SPDX-License-Identifier: MIT
import GRDB
import Glibc
package import LibraryModel
package import SystemPackage

/// Puts a backup in the place of a database that nobody has open.
///
/// The copy is written beside the database as `stump.db.restoring-TIME.partial`, checked, and then renamed to
/// `stump.db.restoring-TIME`. That is the turning point: an end before it leaves everything as it was, and after it the
/// next start, or the next restore, finishes what is left. So there is always a database, and the log of the old one,
/// which SQLite would take for the new one's, is gone from its place before the new one comes.
package struct DatabaseRestore: Sendable {
    /// What was done.
    package struct Outcome: Equatable, Sendable {
        /// The size of the restored database in bytes.
        package let bytes: Int64

        /// Where the old database is now; `nil` where there was none.
        package let aside: FilePath?
    }

    private let database: FilePath

    package init(of database: FilePath) {
        self.database = database
    }

    /// Restores a backup; the old database is kept beside the new one as `stump.db.damaged-TIME`.
    ///
    /// `now` is for that name. Throws a ``RestoreFault``; then the old database is where it was.
    package func run(from backup: FilePath, at now: Timestamp) throws(RestoreFault) -> Outcome {
        try refuse(backup)
        do { try finish() } catch { throw .cannotWrite(database, reason: error.summary) }
        var time = now
        while aside(time.compact).exists || restoring(time.compact).exists {
            time = Timestamp(nanoseconds: time.nanoseconds + 1_000_000_000)
        }
        let bytes = try prepare(backup, as: restoring(time.compact))
        let hadDatabase = database.exists
        do {
            for step in Step.allCases { try take(step, time.compact) }
        } catch {
            undo(time.compact)
            throw .cannotWrite(database, reason: String(describing: error))
        }
        // What the mark tells was of the old database.
        RunningMark(of: database).remove()
        return Outcome(bytes: bytes, aside: hadDatabase ? aside(time.compact) : nil)
    }

    /// Finishes a restore that was past its turning point when it ended, and removes what is left of one that was not.
    func finish() throws(StoreFault) {
        let prefix = restoring("").lastComponent?.string ?? ""
        for name in database.folder.entries where name.hasPrefix(prefix) {
            let file = database.folder.appending(name)
            if name.contains(BackupDraft.suffix) {
                try? file.remove()
                continue
            }
            do {
                for step in Step.allCases { try take(step, String(name.dropFirst(prefix.count))) }
            } catch {
                throw .notWritable(database, reason: "a restore cannot be finished: \(error)")
            }
        }
    }

    /// What follows on the turning point, one change of the directory each; each may be done again.
    enum Step: CaseIterable {
        case keepDatabase
        case moveLog
        case moveIndex
        case moveJournal

        /// So that the next step does not come first, whatever the file system does.
        case fixNames
        case putInPlace
        case fixPlace
    }

    func take(_ step: Step, _ time: String) throws(Errno) {
        switch step {
        case .keepDatabase: try keepDatabase(as: aside(time))
        case .moveLog: try moveCompanion("-wal", time)
        case .moveIndex: try moveCompanion("-shm", time)
        case .moveJournal: try moveCompanion("-journal", time)
        case .fixNames: try database.folder.synchronize()
        case .putInPlace: try restoring(time).rename(to: database)
        // It is done; where it cannot be made to last, a power cut leads back to a step before.
        case .fixPlace: try? database.folder.synchronize()
        }
    }

    private func moveCompanion(_ suffix: String, _ time: String) throws(Errno) {
        let (companion, name) = (database.with(suffix: suffix), aside(time).with(suffix: suffix))
        guard companion.exists else { return }
        // Kept already: this one was made since then, by somebody who looked.
        if name.exists { try companion.remove() } else { try companion.rename(to: name) }
    }

    /// Writes, checks and names the copy.
    func prepare(_ backup: FilePath, as restoring: FilePath) throws(RestoreFault) -> Int64 {
        let draft = restoring.with(suffix: BackupDraft.suffix)
        defer {
            // Where all went well the name is gone already.
            for suffix in [""] + DatabaseCheck.companions { try? draft.with(suffix: suffix).remove() }
        }
        // With its log, if it has one: the file alone would then be only half of it.
        for suffix in ["", "-wal"] where (backup.with(suffix: suffix).size ?? 0) > 0 || suffix.isEmpty {
            try copy(backup.with(suffix: suffix), to: draft.with(suffix: suffix))
        }
        try check(draft, of: backup)
        do {
            let size = draft.size ?? 0
            try draft.synchronize()
            try draft.rename(to: restoring)
            try restoring.folder.synchronize()
            return size
        } catch {
            throw .cannotWrite(draft, reason: String(describing: error))
        }
    }

    func restoring(_ time: String) -> FilePath { database.with(suffix: ".restoring-\(time)") }

    func aside(_ time: String) -> FilePath { database.with(suffix: ".damaged-\(time)") }

    /// A second name, so that the first is never without a file; where there are no second names, another name.
    private func keepDatabase(as aside: FilePath) throws(Errno) {
        guard database.exists, !aside.exists else { return }
        do {
            try database.link(to: aside)
        } catch Errno.notPermitted {
            try database.rename(to: aside)
        } catch Errno.notSupported {
            try database.rename(to: aside)
        }
    }

    /// Puts back what the steps before the last had moved; what cannot be put back is finished by the next start.
    private func undo(_ time: String) {
        guard restoring(time).exists else { return }
        do {
            for suffix in DatabaseCheck.companions where aside(time).with(suffix: suffix).exists {
                try aside(time).with(suffix: suffix).rename(to: database.with(suffix: suffix))
            }
            if !database.exists, aside(time).exists { try aside(time).rename(to: database) }
            try database.folder.synchronize()
            try restoring(time).remove()
            try aside(time).remove()
        } catch {
            return
        }
    }

    private func refuse(_ backup: FilePath) throws(RestoreFault) {
        let status: Stat
        do { status = try backup.stat() } catch { throw .cannotRead(backup, error) }
        guard status.type == .regular else { throw .notAFile(backup) }
        if let own = database.status, own.deviceID == status.deviceID, own.inode == status.inode {
            throw .sameFile(backup)
        }
    }

    private func copy(_ source: FilePath, to target: FilePath) throws(RestoreFault) {
        let input: FileDescriptor
        do {
            input = try FileDescriptor.open(source, .readOnly, options: [.closeOnExec])
        } catch {
            throw .cannotRead(source, error as? Errno ?? .ioError)
        }
        defer { try? input.close() }
        do {
            try target.create()
            let output = try FileDescriptor.open(target, .writeOnly, options: [.closeOnExec])
            try output.closeAfter {
                var buffer = [UInt8](repeating: 0, count: 1 << 20)
                while case let count = try buffer.withUnsafeMutableBytes({ try input.read(into: $0) }), count > 0 {
                    try output.writeAll(buffer[..<count])
                }
            }
            try giveAway(target)
        } catch {
            throw .cannotWrite(target, reason: String(describing: error))
        }
    }

    /// Root restores for the user of the service, who could not open what is root's.
    private func giveAway(_ file: FilePath) throws(Errno) {
        guard geteuid() == 0, let owner = database.status ?? database.folder.status else { return }
        let code = file.withPlatformString { chown($0, owner.userID.rawValue, owner.groupID.rawValue) }
        if code != 0 { throw Errno(rawValue: errno) }
    }

    /// Opens the copy as the daemon will, refuses what is not whole, and makes one file of it.
    private func check(_ draft: FilePath, of backup: FilePath) throws(RestoreFault) {
        do {
            let copy = try DatabaseQueue(path: draft.string, configuration: LibraryStore.configuration)
            defer { try? copy.close() }
            try copy.writeWithoutTransaction { db in
                guard try Int.fetchOne(db, sql: "SELECT 1 FROM sqlite_master LIMIT 1") != nil else {
                    throw RestoreFault.bad(backup, reason: "it is empty")
                }
                try DatabaseCheck.refuse(db, of: backup, checking: false)
                if let finding = try DatabaseCheck.findings(db, quickly: false, references: false).first {
                    throw RestoreFault.bad(backup, reason: finding)
                }
                try db.execute(sql: "PRAGMA journal_mode = DELETE")
            }
        } catch let fault as RestoreFault {
            throw fault
        } catch StoreFault.newerVersion {
            throw .newer(backup)
        } catch StoreFault.damaged(_, let reason) {
            throw .bad(backup, reason: reason)
        } catch {
            let reason = (error as? DatabaseError)?.message ?? String(describing: error)
            throw StoreFault.isDamage(error) ? .bad(backup, reason: reason) : .cannotWrite(draft, reason: reason)
        }
    }
}

/// Why a backup is not restored; the database is as it was.
package enum RestoreFault: Fault, Equatable {
    case cannotRead(FilePath, Errno)
    case notAFile(FilePath)

    /// The backup is the database itself.
    case sameFile(FilePath)
    case bad(FilePath, reason: String)
    case newer(FilePath)
    case cannotWrite(FilePath, reason: String)

    package var code: String {
        switch self {
        case .cannotRead, .notAFile, .sameFile: "no_backup"
        case .bad: "backup_damaged"
        case .newer: "database_newer"
        case .cannotWrite: "not_writable"
        }
    }

    package var summary: String {
        switch self {
        case .cannotRead(let path, let error): "the backup \(path) cannot be read: \(error)"
        case .notAFile(let path): "the backup \(path) is not a file"
        case .sameFile(let path): "\(path) is the database itself"
        case .bad(let path, let reason): "the backup \(path) is of no use: \(reason)"
        case .newer(let path): "the backup \(path) was written by a newer version of stumpd"
        case .cannotWrite(let path, let reason):
            "the backup cannot be restored, because \(path) cannot be written: \(reason)"
        }
    }

    package var remedy: String? {
        switch self {
        case .cannotRead, .notAFile, .sameFile, .bad:
            "Name a copy from the directory `backups` beside the database; the newest is the last by name."
        case .newer: "Install that version, or name an older copy."
        case .cannotWrite(let path, _):
            "Free space on the disk of \(path.removingLastComponent()), and restore as a user who may write there."
        }
    }
}
