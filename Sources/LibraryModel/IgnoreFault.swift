// SPDX-License-Identifier: MIT
package import SystemPackage

/// Why ignore rules are refused.
package enum IgnoreFault: Fault, Equatable {
    /// A `.stumpignore` of more than ``IgnoreFile/limit`` bytes.
    case tooLong(FilePath)

    /// An entry of a library's `ignore` that matches nothing.
    case badEntry(String, IgnoreDefect)

    package var code: String { "ignore_refused" }

    package var summary: String {
        switch self {
        case .tooLong(let path): "\(path) is longer than \(IgnoreFile.limit) bytes"
        case .badEntry(let entry, let defect): "the ignore rule \"\(entry)\" \(defect.reason)"
        }
    }

    package var remedy: String? {
        switch self {
        case .tooLong: "Write patterns such as \"*.pdf\" or \"extras/\" instead of single names."
        case .badEntry(_, let defect): defect.remedy
        }
    }
}
