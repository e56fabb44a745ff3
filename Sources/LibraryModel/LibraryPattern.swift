// SPDX-License-Identifier: MIT
package import SystemPackage

/// How the directories of a library become series.
///
/// Source: Stump's documentation of library patterns. Under both, the root is a series only for the books that lie
/// directly in it.
package enum LibraryPattern: String, Sendable, Codable, CaseIterable {
    /// A directory that directly holds books is a series.
    case series

    /// A direct child of the root is a series, with everything below it.
    case collection

    /// The directory whose series a book belongs to; both paths are relative to the library root, which is empty.
    package func seriesDirectory(ofBooksIn directory: FilePath) -> FilePath {
        switch self {
        case .series: directory
        case .collection: FilePath(root: nil, directory.components.prefix(1))
        }
    }
}
