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
        try self.init(adopting: try OpenDirectory.descend(names, below: root), root: root, names: names)
    }

    /// Opens a directory and takes up the rules that apply in it, but for its own file.
    ///
    /// - Throws: ``ListingFault/ignored(_:)`` where all that the directory holds is ignored.
    init(_ directory: FilePath, below root: FilePath, _ rules: inout IgnoreRules) throws(ListingFault) {
        let names = directory.names
        try self.init(adopting: try OpenDirectory.descend(names, below: root, &rules), root: root, names: names)
    }

    /// Takes over a descriptor, which is closed with this or at once when it is thrown.
    init(adopting descriptor: Int32, root: FilePath = FilePath(), names: [FileName] = []) throws(ListingFault) {
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

    static let flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC

    /// Opens a directory below a root; the caller closes it.
    static func descend(_ names: [FileName], below root: FilePath) throws(ListingFault) -> Int32 {
        try descend(names, below: root) { _, _, _ in }
    }

    /// The same, taking up the rules on the way, but for those in the directory itself.
    static func descend(
        _ names: [FileName],
        below root: FilePath,
        _ rules: inout IgnoreRules
    ) throws(ListingFault) -> Int32 {
        try descend(names, below: root) { (parent, depth, name) throws(ListingFault) in
            // One that cannot be read is told when its own directory is listed.
            _ = try? rules.addFile(in: parent)
            rules = rules.entering(name)
            if !rules.mayInclude { throw .ignored(root.appending(names[...depth])) }
        }
    }

    private static func descend(
        _ names: [FileName],
        below root: FilePath,
        _ visit: (_ parent: Int32, _ depth: Int, FileName) throws(ListingFault) -> Void
    ) throws(ListingFault) -> Int32 {
        var descriptor = root.withPlatformString { Glibc.open($0, flags) }
        guard descriptor >= 0 else { throw ListingFault(Errno(rawValue: errno), atRoot: root) }
        for (depth, name) in names.enumerated() {
            let parent = descriptor
            defer { close(parent) }
            try visit(parent, depth, name)
            guard !name.isRelative else { throw .wrongKind(root.appending(names[...depth])) }
            descriptor = name.withCString { openat(parent, $0, flags | O_NOFOLLOW) }
            guard descriptor >= 0 else {
                throw ListingFault(Errno(rawValue: errno), at: root.appending(names[...depth]))
            }
        }
        return descriptor
    }

    // MARK: Listing

    /// How much a listing asks of each file.
    enum Detail {
        /// The stamp of every book.
        case stamps

        /// That there are books of these names; their stamps mean nothing.
        case names
    }

    /// Reads the directory to its end; any error but of an entry that vanished meanwhile discards it all.
    ///
    /// `rules` are those that apply in it, before its own file.
    func list(
        _ detail: Detail = .stamps,
        on trust: FileSystemTrust,
        _ rules: IgnoreRules
    ) throws(ListingFault) -> Listing {
        do throws(Errno) {
            let stamp = try FileStatus(of: descriptor).directoryStamp
            // Before reading: what comes later than this may bear the same times.
            let isRacy = stamp.isRacy(at: .wallClock, isRemote: trust.isRemote)
            var rules = rules
            let ignoreFile = Result { () throws(IgnoreFault) in try rules.addFile(in: descriptor) }
            var entries: [Listing.Entry] = []
            while let (name, type) = try next() {
                if let kind = try kind(of: name, type: type, detail, rules) {
                    entries.append(Listing.Entry(name: name, kind: kind))
                }
            }
            var listing = Listing(stamp: stamp, entries: entries, isRacy: isRacy)
            switch ignoreFile {
            case .success(let file): listing.ignoreFile = file
            case .failure(let fault): listing.ignoreFault = fault
            }
            return listing
        } catch {
            throw ListingFault(error, at: root.appending(names))
        }
    }

    /// What the directory is, without listing it.
    func stamp() throws(ListingFault) -> DirectoryStamp {
        do throws(Errno) {
            return try FileStatus(of: descriptor).directoryStamp
        } catch {
            throw ListingFault(error, at: root.appending(names))
        }
    }

    /// What stands at some names of a directory, which need not be there itself.
    static func presence(of names: [FileName], in directory: FilePath, below root: FilePath) -> [FilePresence] {
        do throws(ListingFault) {
            let opened = try OpenDirectory(directory, below: root)
            return names.map { opened.presence(of: $0) }
        } catch {
            switch error {
            case .absent, .wrongKind: return names.map { _ in .absent }
            case .rootOffline, .ignored, .denied, .failed: return names.map { _ in .unknown }
            }
        }
    }

    private func presence(of name: FileName) -> FilePresence {
        do throws(Errno) {
            let status = try FileStatus(of: name, in: descriptor, followsLink: true)
            return status.type == DT_REG ? .there(status.fileStamp) : .absent
        } catch {
            return error == .noSuchFileOrDirectory ? .absent : .unknown
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
    private func kind(
        of name: FileName,
        type: Int,
        _ detail: Detail,
        _ rules: IgnoreRules
    ) throws(Errno) -> Listing.Entry.Kind? {
        guard type != DT_UNKNOWN else {
            guard let status = try status(of: name, followsLink: false) else { return nil }
            return try kind(of: name, type: status.type, detail, rules)
        }
        if type == DT_DIR {
            if NameRules.isIgnoredDirectory(name) { return .ignoredDirectory }
            return rules.isEmpty || rules.entering(name).mayInclude ? .directory : .ignoredDirectory
        }
        if NameRules.isIgnoredFile(name) { return .ignoredFile }
        let promised = Listing.Entry.Kind(ofFile: name, .untold)
        guard promised != .other, type == DT_REG || type == DT_LNK else { return .other }
        if !rules.isEmpty, rules.verdict(on: name, isDirectory: false).isIgnored { return .ignoredFile }
        if detail == .names, type == DT_REG { return promised }
        guard let status = try status(of: name, followsLink: type == DT_LNK) else {
            return type == DT_LNK ? .other : nil
        }
        return status.type == DT_REG ? Listing.Entry.Kind(ofFile: name, status.fileStamp) : .other
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
    func open(_ name: FileName, on trust: FileSystemTrust) throws(ListingFault) -> OpenBook {
        let file = name.withCString { openat(descriptor, $0, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) }
        guard file >= 0 else { throw ListingFault(Errno(rawValue: errno), at: root.appending(names + [name])) }
        do throws(Errno) {
            let status = try FileStatus(of: file)
            // As if it were no file at all: what the kernel says of a socket.
            guard status.type == DT_REG else { throw .noSuchAddressOrDevice }
            return OpenBook(
                descriptor: FileDescriptor(rawValue: file),
                stamp: status.fileStamp,
                probe: WriterProbe(of: file, size: status.size, on: trust)
            )
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

extension FileStamp {
    /// In the place of a stamp that nobody asked for.
    fileprivate static let untold = FileStamp(
        device: 0,
        inode: 0,
        born: nil,
        size: 0,
        modified: Timestamp(nanoseconds: 0),
        changed: Timestamp(nanoseconds: 0)
    )
}

extension Timestamp {
    /// Now, by the system's clock, which file systems on this machine take their times from.
    static var wallClock: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
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
