// SPDX-License-Identifier: MIT
import CLinux
import LibraryModel
import SystemPackage

extension WriterProbe {
    /// Asks the kernel who has an open file open for writing, and whether parts of it were never written.
    ///
    /// Two calls that touch no data. On a file system whose changes may come from elsewhere the answers hold for this
    /// machine alone, so the probe is not exact there.
    init(of descriptor: Int32, size: Int64, on trust: FileSystemTrust) {
        let isLocal = trust.events == .all
        let writers: Writers =
            switch clinux_probe_writers(descriptor) {
            case 0: isLocal ? .none : .unknown
            // On any file system: somebody here writes.
            case Errno.resourceTemporarilyUnavailable.rawValue: .some
            default: .unknown
            }
        let hole = trust.answersHoles ? clinux_first_hole(descriptor) : size
        self.init(
            writers: writers,
            hasHoles: hole >= 0 && hole < size,
            isRemote: trust.isRemote,
            isExact: writers != .unknown && isLocal && trust.answersHoles
        )
    }
}
