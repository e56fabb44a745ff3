// SPDX-License-Identifier: MIT
package import SystemPackage

/// Why something could not be written into a library; nothing of it was then left there.
package enum WritingFault: Fault, Equatable {
    /// The directory could not be reached.
    case unreachable(ListingFault)

    /// Nothing may be written there: by its mount, its permissions, or the unit that stumpd runs in.
    case readOnly(FilePath, reason: String)

    /// The name is taken, and nothing is ever replaced.
    case occupied(FilePath)

    /// There is no file of that name.
    case absent(FilePath)

    /// It is no regular file, or not the one that was meant.
    case changed(FilePath)
    case noRoom(FilePath, reason: String)
    case failed(FilePath, errno: Int32, reason: String)

    package init(_ error: Errno, at path: FilePath) {
        switch error {
        case .readOnlyFileSystem, .permissionDenied, .notPermitted:
            self = .readOnly(path, reason: error.description)
        case .fileExists, .directoryNotEmpty: self = .occupied(path)
        case .noSuchFileOrDirectory: self = .absent(path)
        case .tooManySymbolicLinkLevels, .isDirectory, .notDirectory, .noSuchAddressOrDevice: self = .changed(path)
        case .noSpace, .diskQuotaExceeded: self = .noRoom(path, reason: error.description)
        default: self = .failed(path, errno: error.rawValue, reason: error.description)
        }
    }

    /// What lets stumpd write below a directory, be it a service or not.
    package static func remedy(forReadOnly root: FilePath) -> String {
        "Let stumpd's user write there: `setfacl -R -m u:stump:rwX \(root)`. Its unit has to allow it too: `systemctl edit"
            + " stumpd`, with the lines `[Service]` and `ReadWritePaths=\(root)`, then `systemctl restart stumpd`"
            + " (example: /usr/share/doc/stump/examples/conversion.conf)."
    }

    package var code: String {
        switch self {
        case .unreachable(let fault): fault.code
        case .readOnly: "library_read_only"
        case .occupied: "name_taken"
        case .absent, .changed: "changed"
        case .noRoom: "no_room"
        case .failed: "not_writable"
        }
    }

    package var summary: String {
        switch self {
        case .unreachable(let fault): fault.summary
        case .readOnly(let path, let reason): "\(path) cannot be written: \(reason)"
        case .occupied(let path): "\(path) is there already"
        case .absent(let path): "\(path) is not there any more"
        case .changed(let path): "\(path) is another file than it was, or none at all"
        case .noRoom(let path, let reason): "\(path) cannot be written: \(reason)"
        case .failed(let path, _, let reason): "\(path) cannot be written: \(reason)"
        }
    }

    package var remedy: String? {
        switch self {
        case .unreachable(let fault): fault.remedy
        case .readOnly(let path, _): WritingFault.remedy(forReadOnly: path)
        case .occupied(let path): "Move \(path) away, or give it another name."
        case .absent, .changed: nil
        case .noRoom: "Free space on the library's disk."
        case .failed: "Look for disk errors in the kernel's log: `journalctl -k`."
        }
    }
}
