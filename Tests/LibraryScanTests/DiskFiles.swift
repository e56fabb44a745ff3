// SPDX-License-Identifier: MIT
import CLinux
import FoundationEssentials
import Glibc
import LibraryModel
import Support
import Synchronization
import SystemPackage

/// Lists and opens real files without watching them, and does on the way whatever a test asks for.
///
/// The volumes are what a test says they are; at first one disk with nothing mounted below.
final class DiskFiles: LibraryFiles {
    typealias Hook = @Sendable (FilePath) async throws -> Void

    /// The steps of writing into a library; those that end in `d` are done.
    enum WritingStep: Hashable, Sendable, CaseIterable {
        case look, draft, finish, rename, renamed, shelve, shelved, take, taken, remove, discard
    }

    typealias WritingHook = @Sendable (WritingStep) async throws(WritingFault) -> Void

    private struct State {
        var listings: [FilePath] = []
        var openings: [FileName] = []
        var confirmed: [FilePath: DirectoryStamp?] = [:]
        var listingFaults: [FilePath: ListingFault] = [:]
        var openingFaults: [FileName: ListingFault] = [:]
        var probes: [FileName: WriterProbe] = [:]
        var racyDirectories: Set<FilePath> = []
        var aliases: [FilePath: FilePath] = [:]
        var volumes = [DiskFiles.disk()]
        var volumeLooks = 0
        var retired: Set<LibraryName> = []
        var sampled: [FilePath] = []
        var beforeListing: Hook?
        var beforeOpening: Hook?
        var afterOpening: Hook?
        var onWriting: WritingHook?
        var marked: [FilePath] = []
    }

    let root: FilePath
    private let state = Mutex(State())

    init(root: FilePath) {
        self.root = root
    }

    var listings: [FilePath] { state.withLock { $0.listings } }
    var openings: [FileName] { state.withLock { $0.openings } }

    /// Makes a directory fail from now on, or again not.
    func fail(_ directory: FilePath, with fault: ListingFault?) {
        state.withLock { $0.listingFaults[directory] = fault }
    }

    func failOpening(_ name: String, with fault: ListingFault?) {
        state.withLock { $0.openingFaults[FileName(name)] = fault }
    }

    /// Says what opening a book tells of its writers, from now on.
    func probe(_ name: String, as probe: WriterProbe?) { state.withLock { $0.probes[FileName(name)] = probe } }

    /// Makes a directory's stamp one that proves nothing, or again one that does.
    func makeRacy(_ directory: FilePath, _ isRacy: Bool = true) {
        state.withLock { state in
            if isRacy { state.racyDirectories.insert(directory) } else { state.racyDirectories.remove(directory) }
        }
    }

    /// Shows a directory at another path, too.
    func alias(_ directory: FilePath, to other: FilePath) { state.withLock { $0.aliases[directory] = other } }

    func mount(_ volumes: [VolumeSighting]) { state.withLock { $0.volumes = volumes } }

    /// How often the volumes were asked for, and which files for their sizes.
    var volumeLooks: Int { state.withLock { $0.volumeLooks } }
    var sampled: [FilePath] { state.withLock { $0.sampled } }

    /// A volume of a test's own invention.
    static func disk(at path: FilePath = FilePath(), source: String = "/dev/sda1") -> VolumeSighting {
        VolumeSighting(
            path: path,
            fileSystem: "ext4",
            source: source,
            subroot: "/",
            mountPoint: path.isEmpty ? "/" : "/comics/\(path)",
            isMountRoot: !path.isEmpty,
            identifier: UInt64(source.utf8.count),
            blocks: 1_000_000
        )
    }

    func beforeListing(_ hook: Hook?) { state.withLock { $0.beforeListing = hook } }
    func beforeOpening(_ hook: Hook?) { state.withLock { $0.beforeOpening = hook } }
    func afterOpening(_ hook: Hook?) { state.withLock { $0.afterOpening = hook } }

    /// Steps in before every step of writing, which fails with what `hook` throws.
    func onWriting(_ hook: WritingHook?) { state.withLock { $0.onWriting = hook } }
    var writingHook: WritingHook? { state.withLock { $0.onWriting } }

    /// The directories that a job wants scanned.
    var marked: [FilePath] { state.withLock { $0.marked } }
    func noteMark(_ directory: FilePath) { state.withLock { $0.marked.append(directory) } }

    func list(_ directory: FilePath, of library: LibraryName) async throws(ListingFault) -> Listing {
        let (hook, fault, isRacy) = state.withLock { state in
            state.listings.append(directory)
            state.confirmed[directory] = nil
            let isRacy = state.racyDirectories.contains(directory)
            return (state.beforeListing, state.listingFaults[directory], isRacy)
        }
        await run(hook, directory)
        if let fault { throw fault }
        var rules = IgnoreRules()
        for name in directory.names {
            try addFile(to: &rules)
            rules = rules.entering(name)
            if !rules.mayInclude { throw .ignored(root.appending(directory.bytes)) }
        }
        let ignoreFile = try addFile(to: &rules)
        var listing = try listing(path(of: directory), isRoot: directory.isEmpty, isRacy: isRacy, rules)
        listing.ignoreFile = ignoreFile
        return listing
    }

    func open(
        _ names: [FileName],
        in directory: FilePath,
        of library: LibraryName
    ) async -> [Result<OpenBook, ListingFault>] {
        let (before, after, faults, probes) = state.withLock { state in
            state.openings += names
            return (state.beforeOpening, state.afterOpening, state.openingFaults, state.probes)
        }
        await run(before, directory)
        let books = names.map { name in
            faults[name].map(Result.failure)
                ?? open(path(of: directory).appending(name), probes[name] ?? .quiet)
        }
        await run(after, directory)
        return books
    }

    func stamp(of directory: FilePath, in library: LibraryName) async throws(ListingFault) -> DirectoryStamp {
        if let fault = state.withLock({ $0.listingFaults[directory] }) { throw fault }
        let path = path(of: directory)
        guard let status = status(path) else { throw errno == EACCES ? .denied(path) : .absent(path) }
        guard status.mode & S_IFMT == S_IFDIR else { throw .wrongKind(path) }
        return DirectoryStamp(status.stamp)
    }

    func volumes(of library: LibraryName) async throws(ListingFault) -> [VolumeSighting] {
        let (volumes, fault) = state.withLock { state in
            state.volumeLooks += 1
            return (state.volumes, state.listingFaults[FilePath()])
        }
        if let fault, case .rootOffline = fault { throw fault }
        return volumes
    }

    /// What scans said to be in the catalog, by directory; `nil` where something was still to be done.
    var confirmed: [FilePath: DirectoryStamp?] { state.withLock { $0.confirmed } }

    func confirm(
        _ directory: FilePath,
        _ stamp: DirectoryStamp?,
        _ digest: ListingDigest,
        of library: LibraryName
    ) {
        state.withLock { $0.confirmed[directory] = stamp }
    }

    func isConfigured(_ library: LibraryName) -> Bool { state.withLock { !$0.retired.contains(library) } }

    /// Takes a library out of the configuration.
    func retire(_ library: LibraryName) { state.withLock { _ = $0.retired.insert(library) } }

    func presence(of files: [FilePath], in library: LibraryName) async -> [FilePresence] {
        state.withLock { $0.sampled += files }
        return files.map { file in
            if let fault = state.withLock({ $0.listingFaults[file.removingLastComponent()] }) {
                if case .absent = fault { return .absent }
                return .unknown
            }
            return status(path(of: file), Int32(0)).map { .there($0.stamp) } ?? .absent
        }
    }

    private func path(of directory: FilePath) -> FilePath {
        root.appending((state.withLock { $0.aliases[directory] } ?? directory).bytes)
    }

    private func run(_ hook: Hook?, _ directory: FilePath) async {
        do {
            try await hook?(directory)
        } catch {
            preconditionFailure("the test's own step failed: \(error)")
        }
    }

    /// Adds the rules of the directory that was entered last.
    @discardableResult
    private func addFile(to rules: inout IgnoreRules) throws(ListingFault) -> IgnoreFile? {
        let path = root.appending(rules.directory.appending(IgnoreFile.name).bytes)
        guard !rules.isExcluded, let contents = FileManager.default.contents(atPath: path.string) else { return nil }
        do throws(IgnoreFault) {
            let file = try IgnoreFile(Array(contents), in: rules.directory)
            rules.add(file)
            return file
        } catch {
            throw .denied(path)
        }
    }

    private func listing(
        _ path: FilePath,
        isRoot: Bool,
        isRacy: Bool,
        _ rules: IgnoreRules
    ) throws(ListingFault) -> Listing {
        guard let stream = path.withPlatformString({ opendir($0) }) else {
            let reason = String(cString: strerror(errno))
            if isRoot { throw .rootOffline(path, reason: reason) }
            throw errno == ENOENT ? .absent(path) : errno == ENOTDIR ? .wrongKind(path) : .denied(path)
        }
        defer { closedir(stream) }
        guard let own = status(path) else { throw .absent(path) }
        var entries: [Listing.Entry] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { FileName(bytes: Array($0.prefix { $0 != 0 })) }
            if [[0x2E], [0x2E, 0x2E]].contains(name.bytes) { continue }
            guard let status = status(path.appending(name)) else { continue }
            entries.append(Listing.Entry(name: name, kind: kind(of: name, status, rules)))
        }
        return Listing(stamp: DirectoryStamp(own.stamp), entries: entries, isRacy: isRacy)
    }

    private func kind(
        of name: FileName,
        _ status: (mode: UInt32, stamp: FileStamp),
        _ rules: IgnoreRules
    ) -> Listing.Entry.Kind {
        if status.mode & S_IFMT == S_IFDIR {
            let isIgnored = NameRules.isIgnoredDirectory(name) || !rules.entering(name).mayInclude
            return isIgnored ? .ignoredDirectory : .directory
        }
        if NameRules.isIgnoredFile(name) || rules.verdict(on: name, isDirectory: false).isIgnored {
            return .ignoredFile
        }
        return Listing.Entry.Kind(ofFile: name, status.stamp)
    }

    private func open(_ path: FilePath, _ probe: WriterProbe) -> Result<OpenBook, ListingFault> {
        let descriptor = path.withPlatformString { Glibc.open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return .failure(errno == ENOENT ? .absent(path) : .denied(path)) }
        guard let status = status("", in: descriptor, Int32(CLINUX_EMPTY_PATH)) else { return .failure(.absent(path)) }
        return .success(
            OpenBook(descriptor: FileDescriptor(rawValue: descriptor), stamp: status.stamp, probe: probe)
        )
    }

    private func status(
        _ path: FilePath,
        in directory: Int32 = AT_FDCWD,
        _ flags: Int32 = AT_SYMLINK_NOFOLLOW
    ) -> (mode: UInt32, stamp: FileStamp)? {
        var status = clinux_stat()
        guard path.withPlatformString({ clinux_statx(directory, $0, flags, &status) }) == 0 else { return nil }
        let stamp = FileStamp(
            device: status.device,
            inode: status.inode,
            born: status.has_birth
                ? Timestamp(seconds: status.born_seconds, nanoseconds: Int64(status.born_nanoseconds)) : nil,
            size: Int64(status.size),
            modified: Timestamp(seconds: status.modified_seconds, nanoseconds: Int64(status.modified_nanoseconds)),
            changed: Timestamp(seconds: status.changed_seconds, nanoseconds: Int64(status.changed_nanoseconds))
        )
        return (status.mode, stamp)
    }
}

extension DirectoryStamp {
    fileprivate init(_ stamp: FileStamp) {
        self.init(
            device: stamp.device,
            inode: stamp.inode,
            born: stamp.born,
            modified: stamp.modified,
            changed: stamp.changed
        )
    }
}

extension FilePath {
    fileprivate func appending(_ relative: [UInt8]) -> FilePath {
        relative.isEmpty ? self : appending(FileName(bytes: relative))
    }
}
