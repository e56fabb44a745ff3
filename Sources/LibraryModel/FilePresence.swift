// SPDX-License-Identifier: MIT

/// What stands at a path where a book was.
package enum FilePresence: Hashable, Sendable {
    /// A regular file, or a symbolic link to one.
    case there(FileStamp)

    /// Nothing of the kind.
    case absent

    /// The disk, the server or the permissions do not tell.
    case unknown

    /// In bytes; `nil` where there is no file, or nobody knows.
    package var size: Int64? {
        if case .there(let stamp) = self { stamp.size } else { nil }
    }
}
