// SPDX-License-Identifier: MIT
import SystemPackage

/// The file beside a database that is there while it is open, and so after an end that was none: a power cut, a kill.
struct RunningMark {
    let path: FilePath

    init(of database: FilePath) {
        path = database.with(suffix: "-running")
    }

    /// Whether the last run did not come to its end.
    var isThere: Bool { path.exists }

    /// Is on the disk when this returns.
    func set() throws(Errno) {
        if isThere { return }
        try path.create()
        try path.folder.synchronize()
    }

    /// One that comes back after a power cut costs a check, and no more.
    func remove() {
        try? path.remove()
    }
}
