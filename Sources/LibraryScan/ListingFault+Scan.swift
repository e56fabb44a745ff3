// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// What it means for a job that a directory could not be listed, or a book not be opened.
extension ListingFault {
    /// The same where the directory is a library's root: whatever the reason, nothing can be said of the library.
    var ofRoot: ListingFault {
        switch self {
        case .rootOffline: self
        case .absent(let path), .wrongKind(let path), .ignored(let path), .denied(let path), .failed(let path, _, _):
            .rootOffline(path, reason: summary)
        }
    }

    /// What is wrong with a book that cannot be opened; `nil` where it is not there, or another than was listed.
    var finding: Finding? {
        switch self {
        case .denied: Finding(.permission, summary)
        case .failed: Finding(.unreadable, summary)
        case .rootOffline, .absent, .wrongKind, .ignored: nil
        }
    }
}
