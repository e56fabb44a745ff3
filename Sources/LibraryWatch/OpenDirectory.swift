// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import SystemPackage

/// One directory of a library, open for reading.
///
/// It is reached from the root name by name, so that its path may be longer than `PATH_MAX` and no name on the way can
/// be exchanged for a symbolic link; only the root itself may be one. Every call here may block as long as a disk.
struct OpenDirectory: ~Copyable {
    private let root: FilePath
    private let names: [FileName]
    private let stream: OpaquePointer

    let descriptor: Int32

    init(_ directory: FilePath, below root: FilePath) throws(ListingFault) {
        let names = directory.names
        let descriptor = try OpenDirectory.descend(names, below: root)
        guard let stream = fdopendir(descriptor) else {
            let error = Errno(rawValue: errno)
            close(descriptor)
            throw ListingFault(error, at: root.appending(names))
        }
        (self.root, self.names, self.descriptor, self.stream) = (root, names, descriptor, stream)
    }

    deinit {
        closedir(stream)
    }

    private static let flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC

    private static func descend(_ names: [FileName], below root: FilePath) throws(ListingFault) -> Int32 {
        var descriptor = root.withPlatformString { Glibc.open($0, flags) }
        guard descriptor >= 0 else { throw ListingFault(Errno(rawValue: errno), atRoot: root) }
        for (depth, name) in names.enumerated() {
            let parent = descriptor
            defer { close(parent) }
            guard !name.isRelative else { throw .wrongKind(root.appending(names[...depth])) }
            descriptor = name.withCString { openat(parent, $0, flags | O_NOFOLLOW) }
            guard descriptor >= 0 else {
                throw ListingFault(Errno(rawValue: errno), at: root.appending(names[...depth]))
            }
        }
        return descriptor
    }

    // MARK: Listing

    /// Reads the directory to its end; any error but of an entry that vanished meanwhile discards it all.
    func list() throws(ListingFault) -> Listing {
        do throws(Errno) {
            let stamp = try FileStatus(of: descriptor).directoryStamp
            var entries: [Listing.Entry] = []
            while let (name, type) = try next() {
                if let kind = try kind(of: name, type: type) { entries.append(Listing.Entry(name: name, kind: kind)) }
            }
            return Listing(stamp: stamp, entries: entries)
        } catch {
            throw ListingFault(error, at: root.appending(names))
        }
    }

    private func next() throws(Errno) -> (FileName, type: Int)? {
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw Errno(rawValue: errno) }
                return nil
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { FileName(bytes: Array($0.prefix { $0 != 0 })) }
            if !name.isRelative { return (name, Int(entry.pointee.d_type)) }
        }
    }

    /// What an entry is to us; `nil` when it is there no longer.
    private func kind(of name: FileName, type: Int) throws(Errno) -> Listing.Entry.Kind? {
        guard type != DT_UNKNOWN else {
            guard let status = try status(of: name, followsLink: false) else { return nil }
            return try kind(of: name, type: status.type)
        }
        if type == DT_DIR { return NameRules.isIgnoredDirectory(name) ? .ignoredDirectory : .directory }
        if NameRules.isIgnoredFile(name) { return .ignoredFile }
        guard let format = MediaFormat(name: name), type == DT_REG || type == DT_LNK else { return .other }
        guard let status = try status(of: name, followsLink: type == DT_LNK) else {
            return type == DT_LNK ? .other : nil
        }
        return status.type == DT_REG ? .book(format, status.fileStamp) : .other
    }

    /// The status of an entry; `nil` when it vanished, or when a link leads nowhere that we may go.
    private func status(of name: FileName, followsLink: Bool) throws(Errno) -> FileStatus? {
        do throws(Errno) {
            return try FileStatus(of: name, in: descriptor, followsLink: followsLink)
        } catch {
            let deadEnds: [Errno] = [.tooManySymbolicLinkLevels, .notDirectory, .permissionDenied, .fileNameTooLong]
            guard error == .noSuchFileOrDirectory || followsLink && deadEnds.contains(error) else { throw error }
            return nil
        }
    }

    // MARK: Opening

    /// Opens a regular file, or one that a symbolic link leads to; a pipe of that name neither blocks nor passes.
    func open(_ name: FileName) throws(ListingFault) -> OpenBook {
        let file = name.withCString { openat(descriptor, $0, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) }
        guard file >= 0 else { throw ListingFault(Errno(rawValue: errno), at: root.appending(names + [name])) }
        do throws(Errno) {
            let status = try FileStatus(of: file)
            // As if it were no file at all: what the kernel says of a socket.
            guard status.type == DT_REG else { throw .noSuchAddressOrDevice }
            return OpenBook(descriptor: FileDescriptor(rawValue: file), stamp: status.fileStamp)
        } catch {
            close(file)
            throw ListingFault(error, at: root.appending(names + [name]))
        }
    }
}

extension FilePath {
    fileprivate func appending(_ names: some Collection<FileName>) -> FilePath {
        FilePath(bytes: bytes + names.flatMap { [UInt8(ascii: "/")] + $0.bytes })
    }
}

extension FileName {
    /// Whether this is `.` or `..`, which are no entries.
    fileprivate var isRelative: Bool {
        bytes == [UInt8(ascii: ".")] || bytes == [UInt8(ascii: "."), UInt8(ascii: ".")]
    }
}

extension ListingFault {
    fileprivate init(_ error: Errno, at path: FilePath) {
        switch error {
        case .noSuchFileOrDirectory: self = .absent(path)
        case .notDirectory, .tooManySymbolicLinkLevels, .noSuchAddressOrDevice: self = .wrongKind(path)
        case .permissionDenied, .notPermitted: self = .denied(path)
        default: self = .failed(path, errno: error.rawValue, reason: error.description)
        }
    }

    /// Our own want of memory or descriptors says nothing of a root; every other error means that its disk is not there.
    fileprivate init(_ error: Errno, atRoot root: FilePath) {
        switch error {
        case .permissionDenied, .notPermitted, .noMemory, .tooManyOpenFiles, .tooManyOpenFilesInSystem, .interrupted:
            self.init(error, at: root)
        default:
            self = .rootOffline(root, reason: error.description)
        }
    }
}
