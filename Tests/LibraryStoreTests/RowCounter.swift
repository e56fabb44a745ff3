// SPDX-License-Identifier: MIT
import GRDB
import Synchronization

@testable import LibraryStore

/// Counts the rows that SQLite itself says were written, by table and kind; tables without row ids are not among them.
final class RowCounter: TransactionObserver, Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// Such as `["update directory": 1]`, since the last call; the store's events are left out.
    func take() -> [String: Int] {
        counts.withLock { counts in
            defer { counts = [:] }
            return counts.filter { !$0.key.hasSuffix(" event") }
        }
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }

    func databaseDidChange(with event: DatabaseEvent) {
        let verb =
            switch event.kind {
            case .insert: "insert"
            case .delete: "delete"
            case .update: "update"
            }
        counts.withLock { $0["\(verb) \(event.tableName)", default: 0] += 1 }
    }

    func databaseDidCommit(_ db: Database) {}

    func databaseDidRollback(_ db: Database) {}
}

extension StoreBench {
    /// The rows that are written from now on.
    func countRows() -> RowCounter {
        let counter = RowCounter()
        store.pool.add(transactionObserver: counter, extent: .databaseLifetime)
        return counter
    }
}
