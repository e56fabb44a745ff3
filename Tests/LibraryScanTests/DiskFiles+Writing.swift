// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import LibraryWatch
import SystemPackage

/// Writes real files, by what the daemon writes them with.
extension DiskFiles: LibraryWriting {
    func bookDirectory(
        _ directory: FilePath,
        of library: LibraryName
    ) async throws(WritingFault) -> any BookDirectory {
        let path = root.appending(directory.components)
        let descriptor = path.withPlatformString { Glibc.open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw .unreachable(.absent(path)) }
        let real = WritableDirectory(adopting: descriptor, at: path)
        return writingHook.map { WatchedDirectory(real, $0) } ?? real
    }

    func beginOwnChanges(to names: [FileName], in directory: FilePath, of library: LibraryName) {}

    func endOwnChanges(in directory: FilePath, of library: LibraryName) async {}

    func markChanged(_ directory: FilePath, of library: LibraryName) { noteMark(directory) }
}

/// One directory that lets a test step in before each step, or after it.
private final class WatchedDirectory: BookDirectory {
    private let real: WritableDirectory
    private let hook: DiskFiles.WritingHook

    init(_ real: WritableDirectory, _ hook: @escaping DiskFiles.WritingHook) {
        (self.real, self.hook) = (real, hook)
    }

    func stamp(of name: FileName) async throws(WritingFault) -> FileStamp? { try await real.stamp(of: name) }

    func stampOnShelf(of name: FileName) async throws(WritingFault) -> FileStamp? {
        try await real.stampOnShelf(of: name)
    }

    func open(_ name: FileName) async throws(WritingFault) -> OpenBook { try await real.open(name) }

    func room() async throws(WritingFault) -> Int64 { try await real.room() }

    func isWritable() async -> Bool {
        do {
            try await hook(.look)
            return await real.isWritable()
        } catch {
            return false
        }
    }

    func makeDraft(_ name: FileName) async throws(WritingFault) -> BookDraft {
        try await hook(.draft)
        return try await real.makeDraft(name)
    }

    func finish(_ draft: BookDraft, like original: OpenBook) async throws(WritingFault) -> [String] {
        try await hook(.finish)
        return try await real.finish(draft, like: original)
    }

    func rename(_ name: FileName, _ stamp: FileStamp, to new: FileName) async throws(WritingFault) {
        try await hook(.rename)
        try await real.rename(name, stamp, to: new)
        try await hook(.renamed)
    }

    func putOnShelf(_ name: FileName, _ stamp: FileStamp, as new: FileName) async throws(WritingFault) {
        try await hook(.shelve)
        try await real.putOnShelf(name, stamp, as: new)
        try await hook(.shelved)
    }

    func takeFromShelf(_ name: FileName, _ stamp: FileStamp, as new: FileName) async throws(WritingFault) {
        try await hook(.take)
        try await real.takeFromShelf(name, stamp, as: new)
        try await hook(.taken)
    }

    func remove(_ name: FileName, _ stamp: FileStamp, onShelf: Bool) async throws(WritingFault) {
        try await hook(.remove)
        try await real.remove(name, stamp, onShelf: onShelf)
    }

    func discard(_ draft: FileName) async throws(WritingFault) {
        try await hook(.discard)
        try await real.discard(draft)
    }
}
