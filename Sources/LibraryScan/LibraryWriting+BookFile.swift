// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

extension LibraryWriting {
    /// Whether a book can be read from another file than the one at `path`: whether that may go without the book being
    /// lost.
    ///
    /// The catalog is believed where the disk shows the same.
    ///
    /// - Throws: ``WritingFault`` where the disk cannot be asked, and what the database throws.
    func hasFile(of book: Int64, but path: FilePath, _ store: LibraryStore) async throws -> Bool {
        guard let (library, file) = try await store.presentFile(of: book), file.path != path else { return false }
        do {
            let directory = try await bookDirectory(file.directory, of: library)
            return try await directory.stamp(of: file.name)?.isSameFile(as: file.stamp) == true
        } catch {
            switch error {
            case .absent, .changed, .unreachable(.absent): return false
            default: throw error
            }
        }
    }
}
