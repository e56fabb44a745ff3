// SPDX-License-Identifier: MIT

/// One look at everything below a mount, by how thorough it is.
package enum Sweep: Sendable, Hashable, CaseIterable {
    /// Asks each directory for its stamp, and lists those that changed.
    case directories

    /// Lists each directory, without a look at its files.
    case names

    /// Lists each directory and asks each book for its stamp: the only one that finds a book written in place.
    case files
}
