// SPDX-License-Identifier: MIT
package import SystemPackage

/// The files of the libraries, as scanning sees them: the only way from a job to a disk.
///
/// Directories are paths relative to their library's root. Every call may take as long as a disk or a server takes;
/// none blocks a thread of Swift's pool.
package protocol LibraryFiles: Sendable {
    /// Watches a directory, then lists it.
    ///
    /// - Throws: ``ListingFault``; then nothing is known about the directory's content.
    func list(_ directory: FilePath, of library: LibraryName) async throws(ListingFault) -> Listing

    /// Opens books of one directory for reading, each by its own success or fault, in the order of `names`.
    func open(
        _ names: [FileName],
        in directory: FilePath,
        of library: LibraryName
    ) async -> [Result<OpenBook, ListingFault>]

    /// Says that everything which a listing of a directory has shown is in the catalog.
    ///
    /// Without it the directory is shown to be dirty again when it is next looked at: a job may not come to its end.
    func confirm(
        _ directory: FilePath,
        _ stamp: DirectoryStamp?,
        _ digest: ListingDigest,
        of library: LibraryName
    )

    /// What a directory is now, without listing it.
    ///
    /// - Throws: ``ListingFault``; ``ListingFault/absent(_:)`` where it is gone.
    func stamp(of directory: FilePath, in library: LibraryName) async throws(ListingFault) -> DirectoryStamp

    /// The volumes that a library lies on: that of the root first, then every mount below it.
    ///
    /// - Throws: ``ListingFault/rootOffline(_:reason:)``.
    func volumes(of library: LibraryName) async throws(ListingFault) -> [VolumeSighting]

    /// Whether a library is configured; what the catalog has of others is looked for nowhere.
    func isConfigured(_ library: LibraryName) -> Bool

    /// What stands at the paths of some books, in their order; nothing is known of a library that is not configured.
    ///
    /// Absence is not proved: below a disk that is not mounted nothing is there.
    func presence(of files: [FilePath], in library: LibraryName) async -> [FilePresence]
}
