// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage

/// Whether a database is ours and whole.
enum DatabaseCheck {
    /// The most findings that are told; one page that is bad can cause thousands.
    static let longestReport = 100

    /// Up to this size in bytes, a database is checked before it is used after an unclean stop: about a second.
    static let checkedBeforeUse: Int64 = 64 << 20

    /// The files that SQLite keeps beside a database.
    static let companions = ["-wal", "-shm", "-journal"]

    /// What SQLite objects to, as it says it; nothing of a database that is whole.
    ///
    /// A quick check reads every page, and leaves out whether indexes agree with their tables and references hold.
    static func findings(_ db: Database, quickly: Bool, references: Bool = true) throws -> [String] {
        do {
            let check = quickly ? "quick_check" : "integrity_check"
            let found = try String.fetchAll(db, sql: "PRAGMA \(check)(\(longestReport))").filter { $0 != "ok" }
            if quickly || !references || !found.isEmpty { return Array(found.prefix(longestReport)) }
            let orphans = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
            return try Array(orphans.prefix(longestReport).map(sentence))
        } catch  where StoreFault.isDamage(error) {
            return [(error as? DatabaseError)?.message ?? "it cannot be read"]
        }
    }

    /// Refuses what is not ours, what is newer, and where that is asked for, what is damaged.
    static func refuse(_ db: Database, of path: FilePath, checking: Bool) throws {
        let isEmpty = try Int.fetchOne(db, sql: "SELECT 1 FROM sqlite_master LIMIT 1") == nil
        if !isEmpty, try Int.fetchOne(db, sql: "PRAGMA application_id") != Schema.applicationID {
            throw StoreFault.damaged(path, reason: "it is the database of another program")
        }
        if try Schema.migrator.hasBeenSuperseded(db) { throw StoreFault.newerVersion(path) }
        if checking, let finding = try findings(db, quickly: true).first {
            throw StoreFault.damaged(path, reason: finding)
        }
    }

    /// Looks at a database that nobody has open, through a connection that cannot write.
    ///
    /// What is refused is left as it is, also with no more files beside it than before; `body` may refuse too.
    static func inspect(_ path: FilePath, checking: Bool, _ body: (Database) throws -> Void = { _ in }) throws {
        let strangers = companions.map { path.with(suffix: $0) }.filter { !$0.exists }
        do {
            let database = try DatabaseQueue(path: path.string, configuration: LibraryStore.readOnly)
            defer { try? database.close() }
            try database.read { try refuse($0, of: path, checking: checking) }
            try database.unsafeRead(body)
        } catch {
            // Even who only reads makes an index of the log, and an empty log.
            for file in strangers where file.size == 0 || file.string.hasSuffix("-shm") { try? file.remove() }
            throw error
        }
    }

    private static func sentence(_ row: Row) -> String {
        let (table, id, parent): (String?, Int64?, String?) = (row["table"], row["rowid"], row["parent"])
        return
            "row \(id.map(String.init) ?? "?") of \(table ?? "?") refers to a row of \(parent ?? "?") that is not there"
    }
}
