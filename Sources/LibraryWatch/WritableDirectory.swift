// SPDX-License-Identifier: MIT
import CLinux
import Glibc
package import LibraryModel
package import SystemPackage

/// One directory of a library in which a conversion works, by its descriptor and never by a path.
package final class WritableDirectory: BookDirectory {
    private let descriptor: Int32

    /// Where it was found, for messages only.
    private let path: FilePath

    /// Where calls are made; at once, on whatever thread, where there is none.
    private let lane: Lane?

    /// Takes over a descriptor of a directory, which is closed with this.
    package convenience init(adopting descriptor: Int32, at path: FilePath) {
        self.init(adopting: descriptor, at: path, on: nil)
    }

    init(adopting descriptor: Int32, at path: FilePath, on lane: Lane?) {
        (self.descriptor, self.path, self.lane) = (descriptor, path, lane)
    }

    deinit {
        close(descriptor)
    }

    // MARK: Looking

    package func stamp(of name: FileName) async throws(WritingFault) -> FileStamp? {
        try await run { () throws(WritingFault) in try self.file(name, in: self.descriptor) }
    }

    package func stampOnShelf(of name: FileName) async throws(WritingFault) -> FileStamp? {
        try await run { () throws(WritingFault) in
            guard let shelf = try self.openShelf() else { return nil }
            defer { close(shelf) }
            return try self.file(name, in: shelf)
        }
    }

    package func open(_ name: FileName) async throws(WritingFault) -> OpenBook {
        try await run { () throws(WritingFault) in
            let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
            let file = name.withCString { openat(self.descriptor, $0, flags) }
            guard file >= 0 else { throw self.fault(name) }
            do throws(Errno) {
                let status = try FileStatus(of: file)
                guard status.type == DT_REG else { throw .noSuchAddressOrDevice }
                return OpenBook(descriptor: FileDescriptor(rawValue: file), stamp: status.fileStamp)
            } catch {
                close(file)
                throw WritingFault(error, at: self.path.appending(name))
            }
        }
    }

    package func room() async throws(WritingFault) -> Int64 {
        try await run { () throws(WritingFault) in
            var space = statvfs()
            guard fstatvfs(self.descriptor, &space) == 0 else { throw self.fault() }
            let block = UInt64(space.f_frsize)
            let (free, overflows) = UInt64(space.f_bavail).multipliedReportingOverflow(by: block)
            let (total, overflowsToo) = UInt64(space.f_blocks).multipliedReportingOverflow(by: block)
            // A file system without a size of its own, or beyond counting: what it takes it takes.
            if overflows || overflowsToo || total == 0 { return .max }
            let reserve = DiskSpaceRule.needed(of: total)
            return free > reserve ? Int64(clamping: free - reserve) : 0
        }
    }

    package func isWritable() async -> Bool {
        let answer = try? await run { () throws(WritingFault) in
            var space = statvfs()
            guard fstatvfs(self.descriptor, &space) == 0 else { throw self.fault() }
            return space.f_flag & UInt(ST_RDONLY) == 0 && faccessat(self.descriptor, ".", W_OK, AT_EACCESS) == 0
        }
        return answer ?? false
    }

    // MARK: Drafts

    package func makeDraft(_ name: FileName) async throws(WritingFault) -> BookDraft {
        try await run { () throws(WritingFault) in
            let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            let file = name.withCString { openat(self.descriptor, $0, flags, mode_t(0o600)) }
            guard file >= 0 else { throw self.fault(name) }
            return BookDraft(name: name, descriptor: FileDescriptor(rawValue: file))
        }
    }

    package func finish(_ draft: BookDraft, like original: OpenBook) async throws(WritingFault) -> [String] {
        try await run { () throws(WritingFault) in
            let file = draft.descriptor.rawValue
            var status = stat()
            guard fstat(original.descriptor.rawValue, &status) == 0 else { throw self.fault(draft.name) }
            let untold = try self.dress(file, like: status, draft.name)
            guard fsync(file) == 0 else { throw self.fault(draft.name) }
            return untold
        }
    }

    package func discard(_ draft: FileName) async throws(WritingFault) {
        guard ConversionNames.isDraft(draft) else { throw .changed(path.appending(draft)) }
        try await run { () throws(WritingFault) in
            guard try self.file(draft, in: self.descriptor) != nil else { return }
            try self.unlink(draft, in: self.descriptor)
        }
    }

    /// Owner and mode first, for they change the time of change, and the time of modification last.
    private func dress(_ file: Int32, like status: stat, _ name: FileName) throws(WritingFault) -> [String] {
        var refused: [String] = []
        // Another owner is root's to give; where we are not, the file is ours, as any that we write.
        if fchown(file, status.st_uid, status.st_gid) != 0, fchown(file, uid_t.max, status.st_gid) != 0 {
            guard Errno(rawValue: errno).isRefusal else { throw fault(name) }
            refused.append("its group is not that of the original (\(status.st_gid))")
        }
        // What makes a program run as somebody else is nothing that a book needs.
        if fchmod(file, status.st_mode & 0o777) != 0 {
            guard Errno(rawValue: errno).isRefusal else { throw fault(name) }
            refused.append("its mode is not that of the original (0\(String(status.st_mode & 0o777, radix: 8)))")
        }
        if futimens(file, [status.st_atim, status.st_mtim]) != 0 {
            guard Errno(rawValue: errno).isRefusal else { throw fault(name) }
            refused.append("its time is not that of the original")
        }
        return refused
    }

    // MARK: Moving

    package func rename(_ name: FileName, _ stamp: FileStamp, to new: FileName) async throws(WritingFault) {
        try await run { () throws(WritingFault) in
            try self.move(name, stamp, in: self.descriptor, to: new, in: self.descriptor)
        }
    }

    package func putOnShelf(_ name: FileName, _ stamp: FileStamp, as new: FileName) async throws(WritingFault) {
        try await run { () throws(WritingFault) in
            let shelf = try self.makeShelf()
            defer { close(shelf) }
            try self.move(name, stamp, in: self.descriptor, to: new, in: shelf)
        }
    }

    package func takeFromShelf(_ name: FileName, _ stamp: FileStamp, as new: FileName) async throws(WritingFault) {
        try await run { () throws(WritingFault) in
            guard let shelf = try self.openShelf() else { throw .absent(self.path.appending(ConversionNames.shelf)) }
            defer { close(shelf) }
            try self.move(name, stamp, in: shelf, to: new, in: self.descriptor)
            self.removeShelf()
        }
    }

    package func remove(_ name: FileName, _ stamp: FileStamp, onShelf: Bool) async throws(WritingFault) {
        try await run { () throws(WritingFault) in
            guard onShelf else { return try self.removeNow(name, stamp, in: self.descriptor) }
            guard let shelf = try self.openShelf() else { return }
            defer { close(shelf) }
            try self.removeNow(name, stamp, in: shelf)
            self.removeShelf()
        }
    }

    private func removeNow(_ name: FileName, _ stamp: FileStamp, in directory: Int32) throws(WritingFault) {
        guard let found = try file(name, in: directory) else { return }
        guard found.isSameFile(as: stamp) else { throw .changed(path.appending(name)) }
        try unlink(name, in: directory)
    }

    private func move(
        _ name: FileName,
        _ stamp: FileStamp,
        in directory: Int32,
        to new: FileName,
        in newDirectory: Int32
    ) throws(WritingFault) {
        guard let found = try file(name, in: directory) else { throw .absent(path.appending(name)) }
        guard found.isSameFile(as: stamp) else { throw .changed(path.appending(name)) }
        try renameNew(name, in: directory, to: new, in: newDirectory)
        // Another may have been put there in between; it gets its name back.
        guard let moved = try file(new, in: newDirectory), moved.isSameFile(as: stamp) else {
            try? renameNew(new, in: newDirectory, to: name, in: directory)
            throw .changed(path.appending(name))
        }
        try flush(newDirectory)
        if newDirectory != directory { try flush(directory) }
    }

    private func renameNew(
        _ name: FileName,
        in directory: Int32,
        to new: FileName,
        in newDirectory: Int32
    ) throws(WritingFault) {
        let code = name.withCString { old in
            new.withCString { clinux_rename_new(directory, old, newDirectory, $0) }
        }
        guard code == 0 else {
            let error = Errno(rawValue: code)
            throw WritingFault(error, at: path.appending(error == .fileExists ? new : name))
        }
    }

    // MARK: The shelf

    private func makeShelf() throws(WritingFault) -> Int32 {
        if let shelf = try openShelf() { return shelf }
        let name = ConversionNames.shelf
        if name.withCString({ mkdirat(descriptor, $0, 0o700) }) != 0, errno != EEXIST { throw fault(name) }
        guard let shelf = try openShelf() else { throw .absent(path.appending(name)) }
        // As its parent: who may remove books may remove these. Where that is not permitted, it is ours alone.
        var status = stat()
        if fstat(descriptor, &status) == 0 {
            _ = fchown(shelf, uid_t.max, status.st_gid)
            // The unit may forbid the bit by which what is new has the directory's group.
            if fchmod(shelf, status.st_mode & 0o7777) != 0 { _ = fchmod(shelf, status.st_mode & 0o777) }
        }
        do throws(WritingFault) {
            try flush(descriptor)
        } catch {
            close(shelf)
            throw error
        }
        return shelf
    }

    /// `nil` where there is none; a symbolic link of that name is none of ours.
    private func openShelf() throws(WritingFault) -> Int32? {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let shelf = ConversionNames.shelf.withCString { openat(descriptor, $0, flags) }
        if shelf >= 0 { return shelf }
        if errno == ENOENT { return nil }
        throw fault(ConversionNames.shelf)
    }

    /// Removes the shelf where it is empty.
    private func removeShelf() {
        _ = ConversionNames.shelf.withCString { unlinkat(descriptor, $0, AT_REMOVEDIR) }
    }

    // MARK: Calls

    /// What a regular file is; `nil` where there is nothing of this name.
    private func file(_ name: FileName, in directory: Int32) throws(WritingFault) -> FileStamp? {
        do throws(Errno) {
            let status = try FileStatus(of: name, in: directory, followsLink: false)
            guard status.type == DT_REG else { throw .noSuchAddressOrDevice }
            return status.fileStamp
        } catch {
            if error == .noSuchFileOrDirectory { return nil }
            throw WritingFault(error, at: path.appending(name))
        }
    }

    private func unlink(_ name: FileName, in directory: Int32) throws(WritingFault) {
        guard name.withCString({ unlinkat(directory, $0, 0) }) == 0 || errno == ENOENT else { throw fault(name) }
        try flush(directory)
    }

    private func flush(_ directory: Int32) throws(WritingFault) {
        // Some file systems have nothing to flush of a directory, and say so.
        guard fsync(directory) == 0 || errno == EINVAL else { throw fault() }
    }

    private func fault(_ name: FileName? = nil) -> WritingFault {
        WritingFault(Errno(rawValue: errno), at: name.map { path.appending($0) } ?? path)
    }

    private func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(WritingFault) -> Value
    ) async throws(WritingFault) -> Value {
        guard let lane else { return try work() }
        let outcome: Result<Value, WritingFault>
        do throws(Lane.Silence) {
            outcome = try await lane.run { Result { () throws(WritingFault) in try work() } }
        } catch {
            throw .unreachable(.rootOffline(path, reason: "its disk or server does not answer"))
        }
        return try outcome.get()
    }
}

extension Errno {
    /// Whether it says that we may not do it, or that the file system does not know how.
    fileprivate var isRefusal: Bool {
        [.notPermitted, .permissionDenied, .notSupported, .invalidArgument, .noFunction].contains(self)
    }
}
