// SPDX-License-Identifier: MIT
package import SystemPackage

/// The one way in which anything is written into a library, and for conversion alone.
///
/// Every call may take as long as a disk or a server takes; none blocks a thread of Swift's pool.
package protocol LibraryWriting: Sendable {
    /// Opens a directory of a library, whose path is relative to the root, for what follows there.
    ///
    /// - Throws: ``WritingFault/unreachable(_:)``.
    func bookDirectory(_ directory: FilePath, of library: LibraryName) async throws(WritingFault) -> any BookDirectory

    /// Says that files of these names are about to come and go by our own hand, so that nobody is told of it.
    ///
    /// Whatever else happens to files of these names goes untold too: who has said this has to list the directory after
    /// ``endOwnChanges(in:of:)``, and to have it scanned where it is not as the catalog has it.
    func beginOwnChanges(to names: [FileName], in directory: FilePath, of library: LibraryName)

    /// Returns when all that was told of the directory up to now has been left out; from now on everything counts again.
    func endOwnChanges(in directory: FilePath, of library: LibraryName) async

    /// Has a directory looked at again, as if somebody had changed it.
    func markChanged(_ directory: FilePath, of library: LibraryName)
}

/// One directory of a library, open for writing; what is done in it is done there, whatever becomes of its path.
///
/// No call follows a symbolic link, replaces a file, or touches one that is not the very file that is meant.
package protocol BookDirectory: Sendable {
    /// What a regular file is; `nil` where there is none of this name.
    func stamp(of name: FileName) async throws(WritingFault) -> FileStamp?

    /// Opens a regular file for reading.
    func open(_ name: FileName) async throws(WritingFault) -> OpenBook

    /// How many bytes may be written without filling the disk: what is free, less what has to stay so.
    func room() async throws(WritingFault) -> Int64

    /// Whether something can be written here at all; costs no writing.
    func isWritable() async -> Bool

    /// Makes an empty file that only we can read and write.
    func makeDraft(_ name: FileName) async throws(WritingFault) -> BookDraft

    /// Gives a draft the time, mode, group and where that is permitted the owner of a file, then has it on the disk.
    ///
    /// - Returns: what was not permitted, in words.
    func finish(_ draft: BookDraft, like original: OpenBook) async throws(WritingFault) -> [String]

    /// Gives a file another name, which must be free, and has that on the disk.
    ///
    /// - Throws: ``WritingFault/changed(_:)`` where it is not the file with the stamp.
    func rename(_ name: FileName, _ stamp: FileStamp, to new: FileName) async throws(WritingFault)

    /// Moves a file to the shelf, which is made where there is none, and has that on the disk.
    func putOnShelf(_ name: FileName, _ stamp: FileStamp, as new: FileName) async throws(WritingFault)

    /// Moves a file from the shelf back, to a name that must be free, and has that on the disk.
    func takeFromShelf(_ name: FileName, _ stamp: FileStamp, as new: FileName) async throws(WritingFault)

    /// What a file on the shelf is; `nil` where there is none.
    func stampOnShelf(of name: FileName) async throws(WritingFault) -> FileStamp?

    /// Removes a file that is still the one with the stamp, and has that on the disk; one that is gone is no error.
    ///
    /// An empty shelf goes with its last file.
    func remove(_ name: FileName, _ stamp: FileStamp, onShelf: Bool) async throws(WritingFault)

    /// Removes a draft, whatever is in it; one that is gone is no error.
    func discard(_ draft: FileName) async throws(WritingFault)
}

/// A file that is being written, open for reading and writing; closing it leaves it where it is.
package final class BookDraft: Sendable {
    package let name: FileName
    package let descriptor: FileDescriptor

    package init(name: FileName, descriptor: FileDescriptor) {
        self.name = name
        self.descriptor = descriptor
    }

    deinit {
        // What was written is checked before it counts, and flushed by then.
        try? descriptor.close()
    }
}
