// SPDX-License-Identifier: MIT
package import SystemPackage

/// Why a directory could not be listed, or a book not be opened.
///
/// Only ``absent(_:)`` says that something is not there, and even that is proved only by a listing of the parent.
package enum ListingFault: Fault, Equatable {
    /// The library's root is not there, or not a directory.
    case rootOffline(FilePath, reason: String)
    case absent(FilePath)

    /// There is something of this name, but not what was asked for.
    case wrongKind(FilePath)

    /// The library's ignore rules leave alone the directory and all that it holds.
    case ignored(FilePath)
    case denied(FilePath)
    case failed(FilePath, errno: Int32, reason: String)

    package var code: String {
        switch self {
        case .rootOffline: "root_offline"
        case .absent, .wrongKind: "changed"
        case .ignored: "ignored"
        case .denied: "permission"
        case .failed: "unreadable"
        }
    }

    package var summary: String {
        switch self {
        case .rootOffline(let path, let reason): "the root \(path) is offline: \(reason)"
        case .absent(let path): "\(path) is not there any more"
        case .wrongKind(let path): "\(path) is not what it was when its directory was listed"
        case .ignored(let path): "\(path) is ignored, and all in it"
        case .denied(let path): "\(path) cannot be read: permission denied"
        case .failed(let path, _, let reason): "\(path) cannot be read: \(reason)"
        }
    }

    package var remedy: String? {
        switch self {
        case .rootOffline(let path, _): "Mount the disk that holds \(path), or correct `root` in the configuration."
        case .absent, .wrongKind: nil
        case .ignored(let path): "`stumpctl explain \(path)` shows the rule that says so."
        case .denied(let path): "Give stumpd's user read access: `setfacl -m u:stump:rX \(path)`."
        case .failed: "Look for disk errors in the kernel's log: `journalctl -k`."
        }
    }
}
