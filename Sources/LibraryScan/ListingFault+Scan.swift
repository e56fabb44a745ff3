// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// What it means for a scan that a directory could not be listed.
extension ListingFault {
    /// The same where the directory is a library's root: whatever the reason, nothing can be said of the library.
    var ofRoot: ListingFault {
        switch self {
        case .rootOffline: self
        case .absent(let path), .wrongKind(let path), .denied(let path), .failed(let path, _, _):
            .rootOffline(path, reason: summary)
        }
    }
}
