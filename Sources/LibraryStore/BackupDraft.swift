// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import Glibc
import LibraryModel
import SystemPackage

/// A copy of the database that is being made; gone with the object unless it is kept.
final class BackupDraft: Sendable {
    /// What stands behind the name until the copy is whole.
    static let suffix = ".partial"

    let target: FilePath
    private let path: FilePath

    /// Reserves the name; throws `Errno.fileExists` where somebody has it.
    init(of target: FilePath) throws(Errno) {
        let path = target.with(suffix: BackupDraft.suffix)
        // Before there is an object: its end would remove somebody else's.
        try path.create()
        (self.target, self.path) = (target, path)
    }

    deinit {
        // Where it was kept the name is gone already.
        for suffix in [""] + DatabaseCheck.companions { try? path.with(suffix: suffix).remove() }
    }

    /// Writes the copy and forces it to the disk; commits of other connections go on meanwhile.
    func fill(from db: Database) throws {
        let pages =
            try Int64.fetchOne(
                db,
                sql: "SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count"
            ) ?? 0
        let size = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
        // Not tried where it cannot be done: a disk that is full for a moment would fail the commits of that moment.
        if let free = Self.freeBytes(of: path.folder), free < pages * size { throw fault("\(Errno.noSpace)") }
        do {
            try db.execute(sql: "VACUUM INTO ?", arguments: [path.string])
            try path.synchronize()
        } catch  where StoreFault.isDamage(error) || error is CancellationError {
            throw error
        } catch {
            throw fault((error as? DatabaseError)?.message ?? String(describing: error))
        }
    }

    /// Opens the copy to read it.
    func open() throws -> DatabaseQueue {
        try DatabaseQueue(path: path.string, configuration: LibraryStore.readOnly)
    }

    /// Refuses a copy that is not what it should be.
    func check(_ db: Database) throws {
        do {
            try DatabaseCheck.refuse(db, of: path, checking: true)
        } catch let error as StoreFault {
            throw fault("the copy is of no use: \(error.summary)")
        }
    }

    /// Gives the copy its name, and its size in bytes.
    func keep() throws(StoreFault) -> Int64 {
        let size = path.size ?? 0
        do {
            try path.rename(to: target)
            try target.folder.synchronize()
        } catch {
            throw fault(String(describing: error))
        }
        return size
    }

    private func fault(_ reason: String) -> StoreFault { .cannotBackUp(target.folder, reason: reason) }

    private static func freeBytes(of directory: FilePath) -> Int64? {
        var status = statvfs()
        guard directory.withPlatformString({ statvfs($0, &status) }) == 0 else { return nil }
        return Int64(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
        )
    }
}
