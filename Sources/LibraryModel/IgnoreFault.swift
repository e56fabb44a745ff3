// SPDX-License-Identifier: MIT
package import SystemPackage

/// Why ignore rules are refused.
package enum IgnoreFault: Fault, Equatable {
    /// A `.stumpignore` that is there and cannot be read.
    case denied(FilePath)

    /// One of which the disk or the server gives an error.
    case failed(FilePath, reason: String)

    /// One that is no regular file; symbolic links are not followed.
    case noFile(FilePath)

    /// A `.stumpignore` of more than ``IgnoreFile/limit`` bytes.
    case tooLong(FilePath)

    /// A line that matches nothing, the first of its file; the file's other lines count.
    case badLine(FilePath, number: Int, IgnoreDefect)

    /// An entry of a library's `ignore` that matches nothing.
    case badEntry(String, IgnoreDefect)

    package var code: String {
        if case .denied = self { "permission" } else { "ignore_refused" }
    }

    package var summary: String {
        switch self {
        case .denied(let path): "\(path) cannot be read: permission denied"
        case .failed(let path, let reason): "\(path) cannot be read: \(reason)"
        case .noFile(let path): "\(path) is not a regular file"
        case .tooLong(let path): "\(path) is longer than \(IgnoreFile.limit) bytes"
        case .badLine(let path, let number, let defect):
            "line \(number) of \(path) \(defect.reason), and so ignores nothing"
        case .badEntry(let entry, let defect): "the ignore rule \"\(entry)\" \(defect.reason)"
        }
    }

    package var remedy: String? {
        switch self {
        case .denied(let path): "Give stumpd's user read access: `setfacl -m u:stump:r \(path)`."
        case .failed: "Look for disk errors in the kernel's log: `journalctl -k`."
        case .noFile: "Write the rules into a file of this name."
        case .tooLong: "Write patterns such as \"*.pdf\" or \"extras/\" instead of single names."
        case .badLine(_, _, let defect), .badEntry(_, let defect): defect.remedy
        }
    }
}
