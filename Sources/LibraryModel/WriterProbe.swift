// SPDX-License-Identifier: MIT

/// What an open file tells of its writers, besides its stamp.
package struct WriterProbe: Hashable, Sendable {
    /// Whether anybody on this machine has the file open for writing, as a read lease tells.
    package enum Writers: Sendable {
        /// The lease was granted.
        case none

        /// The lease was refused: a writer has the file open or mapped.
        case some

        /// The lease is not ours to ask for, or the file system grants none.
        case unknown
    }

    package var writers: Writers

    /// Whether a part before the end was never written, as in a download that was given its space beforehand.
    package var hasHoles: Bool

    /// Whether the file lies on a server, so that its stamp may be a minute old and its writers are out of sight.
    package var isRemote: Bool

    /// Whether both answers are the truth: the lease was ours to ask for, and the file system knows its holes.
    package var isExact: Bool

    package init(writers: Writers, hasHoles: Bool, isRemote: Bool, isExact: Bool) {
        self.writers = writers
        self.hasHoles = hasHoles
        self.isRemote = isRemote
        self.isExact = isExact
    }

    /// A whole file on a local disk that nobody writes.
    package static let quiet = WriterProbe(writers: .none, hasHoles: false, isRemote: false, isExact: true)
}
