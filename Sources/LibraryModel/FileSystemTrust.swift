// SPDX-License-Identifier: MIT

/// What a file system can be believed: whether it tells of every change, and whether its answers are fresh and true.
///
/// By the kernel's magic number, and for FUSE, where all have one, by the name in the table of mounts. What is unknown
/// may be a server's, and is trusted accordingly.
package struct FileSystemTrust: Equatable, Sendable {
    package enum Events: Sendable {
        /// Every change is told by the kernel.
        case all

        /// Only changes made through this mount on this machine: events and polling.
        case own

        /// Never entered: a look may mount something, or there are no files.
        case untouchable
    }

    package var events: Events

    /// Whether attributes may be stale, as those that a server gave some time ago.
    package var isRemote: Bool

    /// Whether a directory's times tell that a name came or went; not so for unions and object stores.
    package var hasDirectoryTimes: Bool

    /// Whether the file system tells truly which parts of a file were never written.
    package var answersHoles: Bool

    /// - Parameters:
    ///   - magic: `f_type` of `statfs`.
    ///   - name: The type in the table of mounts, with FUSE's subtype: `ext4`, `fuse.sshfs`.
    package init(magic: UInt64, name: String) {
        // Some machines extend the sign of what is a number of 32 bits.
        let magic = UInt32(truncatingIfNeeded: magic)
        self.init(FileSystemName.kind(of: name) ?? FileSystemMagic.kinds[magic] ?? .server)
    }

    private init(_ kind: FileSystemKind) {
        events =
            switch kind {
            case .local, .localFUSE: .all
            case .pseudo: .untouchable
            default: .own
            }
        isRemote = kind == .server || kind == .objects
        hasDirectoryTimes = kind != .union && kind != .objects
        answersHoles = kind == .local || kind == .overlay
    }
}

/// The kinds of file system that differ in what can be believed.
enum FileSystemKind {
    /// On a disk of this machine, or in its memory.
    case local

    /// On a disk of this machine, by a program that the kernel asks.
    case localFUSE

    /// Shows another directory of this machine, which may be changed from behind.
    case layer

    /// A layer of the kernel's own, that passes everything on to local file systems.
    case overlay

    /// Several directories shown as one, whose own times are those of the first.
    case union

    /// Shared with other machines that change it too, but kept coherent.
    case cluster

    /// On another machine, which is asked only now and then.
    case server

    /// On another machine that has no directories, so that their times are invented, or of which that is not known.
    case objects

    /// Not made of files.
    case pseudo
}
