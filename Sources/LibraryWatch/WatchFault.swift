// SPDX-License-Identifier: MIT
import LibraryModel
package import SystemPackage

/// Why watching cannot start, or a barrier cannot be waited for.
package enum WatchFault: Fault, Equatable {
    /// The user has no inotify instance left; the kernel gives 128 to all programs of one user together.
    case instancesUsedUp
    case inotifyUnavailable(reason: String)

    /// The private directory for barriers cannot be watched or written.
    case cookiesUnusable(FilePath, reason: String)

    /// Watching has ended, so no event will be read any more.
    case stopped

    package var code: String {
        switch self {
        case .instancesUsedUp: "watch_instances"
        case .inotifyUnavailable: "watch_unavailable"
        case .cookiesUnusable: "watch_cookies"
        case .stopped: "stopping"
        }
    }

    package var summary: String {
        switch self {
        case .instancesUsedUp: "cannot watch any library: this user's inotify instances are used up"
        case .inotifyUnavailable(let reason): "cannot watch any library: inotify is not available: \(reason)"
        case .cookiesUnusable(let path, let reason): "cannot use the directory \(path) for barriers: \(reason)"
        case .stopped: "watching has stopped"
        }
    }

    package var remedy: String? {
        switch self {
        case .instancesUsedUp: "Run `sysctl -w fs.inotify.max_user_instances=512`."
        case .inotifyUnavailable: "Run stumpd on a Linux kernel with inotify, outside sandboxes that forbid it."
        case .cookiesUnusable(let path, _): "Make \(path) a directory that stumpd's user may write: `ls -ld \(path)`."
        case .stopped: nil
        }
    }
}
