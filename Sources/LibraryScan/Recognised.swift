// SPDX-License-Identifier: MIT
import LibraryStore
import Synchronization

/// The books that one pass recognised by their content, after its walk had found them gone from their old names.
final class Recognised: Sendable {
    private let ids = Mutex<Set<Int64>>([])

    var books: Set<Int64> { ids.withLock { $0 } }

    func insert(_ moves: [BookMove]) {
        ids.withLock { $0.formUnion(moves.map(\.origin.id)) }
    }
}
