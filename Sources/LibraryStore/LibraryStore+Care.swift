// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Synchronization
package import SystemPackage

/// What keeps the database whole, small and copied; all of it while others write.
extension LibraryStore {
    /// Copies the database into `backups` beside it, and removes the oldest copies.
    ///
    /// The copy is checked, and on the disk when this returns. A cancelled task stops it.
    ///
    /// - Throws: ``StoreFault/cannotBackUp(_:reason:)``, ``StoreFault/damaged(_:reason:)`` or `CancellationError`; then
    ///   nothing of the copy is left, and no older one is gone.
    package func backUp() async throws -> (path: FilePath, bytes: Int64) {
        let backups = Backups(of: path)
        let draft = try backups.draft(at: instant)
        // Through a connection of its own: a reader of the pool would be missed meanwhile.
        try await reading(path) { try draft.fill(from: $0) }
        try await reading(draft) { try draft.check($0) }
        try Task.checkCancellation()
        let bytes = try draft.keep()
        backups.prune(but: draft.target)
        return (draft.target, bytes)
    }

    /// Looks for damage, and gives what is found as SQLite says it; at most 100 findings, none of a whole database.
    ///
    /// A quick check reads all of the file; the other compares indexes and references too, and takes several times as
    /// long. A cancelled task stops it with a `CancellationError`.
    package func check(quickly: Bool) async throws -> [String] {
        do {
            return try await reading(path) { try DatabaseCheck.findings($0, quickly: quickly) }
        } catch StoreFault.damaged(_, let reason) {
            // So damaged that it is not even opened.
            return [reason]
        }
    }

    /// Does the check that ``owesCheck`` says is still to be done after an unclean stop.
    package func checkAfterUncleanStop() async throws -> [String] {
        let findings = try await check(quickly: true)
        if findings.isEmpty { owed.store(false, ordering: .relaxed) }
        return findings
    }

    /// Moves the log into the database and cuts it off; false where a reader still needs some of it.
    @discardableResult
    package func checkpoint() async throws -> Bool {
        try await writeWithoutTransaction { db in
            // Who reads is not waited for: nobody could write meanwhile.
            try db.execute(sql: "PRAGMA busy_timeout = 0")
            defer { try? db.execute(sql: "PRAGMA busy_timeout = \(LibraryStore.patience * 1000)") }
            return try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0
        }
    }

    /// Regular upkeep: the log is cut off, and what the planner of queries knows is brought up to date.
    package func tend() async throws {
        try await writeWithoutTransaction { db in
            // Bounded, because nobody else can write meanwhile.
            try db.execute(sql: "PRAGMA analysis_limit = 400; PRAGMA optimize")
        }
        try await checkpoint()
    }

    private func reading<Value: Sendable>(
        _ path: FilePath,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await reading({ try DatabaseQueue(path: path.string, configuration: LibraryStore.readOnly) }, body)
    }

    private func reading(_ draft: BackupDraft, _ body: @escaping @Sendable (Database) throws -> Void) async throws {
        try await reading(draft.open, body)
    }

    private func reading<Value: Sendable>(
        _ open: () throws -> DatabaseQueue,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        do {
            let database = try open()
            defer { try? database.close() }
            // Without a transaction, in which nothing can be copied.
            return try await database.unsafeRead(body)
        } catch {
            // SQLite's word for it is that it was interrupted.
            try Task.checkCancellation()
            throw StoreFault.isDamage(error) ? LibraryStore.fault(error, at: path) : error
        }
    }
}
