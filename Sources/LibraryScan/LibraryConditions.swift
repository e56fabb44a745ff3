// SPDX-License-Identifier: MIT
package import LibraryModel
package import LibraryStore
import Synchronization

/// What ``LibraryGuard`` found last, to be read at any time without waiting for it.
package final class LibraryConditions: Sendable {
    private let conditions = Mutex<[LibraryName: LibraryCondition]>([:])

    /// Raised when a library's condition is another than before.
    package let signal = Signal()

    init() {}

    /// Online where nothing else is known.
    package func condition(of library: LibraryName) -> LibraryCondition {
        conditions.withLock { $0[library] ?? .online }
    }

    func forget(_ library: LibraryName) {
        conditions.withLock { $0[library] = nil }
    }

    /// Gives what it was before.
    func set(_ condition: LibraryCondition, of library: LibraryName) -> LibraryCondition {
        let before = conditions.withLock { conditions in
            defer { conditions[library] = condition }
            return conditions[library] ?? .online
        }
        if before != condition { signal.raise() }
        return before
    }
}
