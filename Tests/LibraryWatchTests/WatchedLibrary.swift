// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import LibraryWatch
import Logging
import Support
import SystemPackage
import Testing

/// A library in a temporary directory, watched by a real kernel.
final class WatchedLibrary: Sendable {
    /// Holds the library's root `library`, a directory for barriers, and whatever a test puts beside them.
    let disk: TemporaryDirectory
    let watcher: LibraryWatcher
    let name: LibraryName

    /// Of a name that no other instance on the same disk has, to tell their kernel queues apart.
    private let cookies: FilePath

    init(
        watch: LibrarySettings.Watch = .auto,
        isStarted: Bool = true,
        disk: TemporaryDirectory? = nil,
        root: FilePath = "library"
    ) throws {
        self.disk = try disk ?? TemporaryDirectory()
        let cookies = "cookies\(UInt64.random(in: 0 ... .max))"
        try self.disk.makeDirectory(FilePath(cookies))
        // Any other is made by the test, when it wants to.
        if root == "library" { try self.disk.makeDirectory(root) }
        self.cookies = self.disk.path.appending(cookies)
        name = try #require(LibraryName("comics"))
        var settings = LibrarySettings(name: name, root: self.disk.path.appending(root.components))
        settings.watch = watch
        watcher = try LibraryWatcher(
            libraries: [settings],
            cookies: self.cookies,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        if isStarted { watcher.start() }
    }

    deinit {
        watcher.stop()
    }

    func list(_ directory: FilePath = "") async throws(ListingFault) -> Listing {
        try await watcher.list(directory, of: name)
    }

    /// Lists a directory and all below it; those that vanish meanwhile are left out.
    @discardableResult
    func listAll(_ directory: FilePath = "") async throws -> [FilePath: Listing] {
        var listings: [FilePath: Listing] = [:]
        var pending = [directory]
        while let next = pending.popLast() {
            do throws(ListingFault) {
                let listing = try await list(next)
                listings[next] = listing
                pending += listing.directories.map { next.appending($0) }
            } catch {
                guard error.code == "changed" else { throw error }
            }
        }
        return listings
    }

    /// What has become dirty up to now, by directory.
    func changes() async throws -> [FilePath: LibraryChange] {
        try await watcher.barrier()
        return Dictionary(watcher.takeNews().changes.map { ($0.directory, $0) }) { first, _ in first }
    }

    /// How many watches the kernel itself counts, without that for barriers.
    func kernelWatches() throws -> Int {
        var status = stat()
        #expect(stat(cookies.string, &status) == 0)
        let line = " ino:\(String(status.st_ino, radix: 16)) "
        for descriptor in try openDescriptors() {
            guard let lines = try? readFile(FilePath("/proc/self/fdinfo/\(descriptor)")), lines.contains(line) else {
                continue
            }
            return lines.split(separator: "\n").count { $0.hasPrefix("inotify ") } - 1
        }
        throw Errno.noSuchFileOrDirectory
    }
}

/// The numbers of all descriptors of this process; other tests may have opened thousands.
private func openDescriptors() throws -> [String] {
    guard let stream = opendir("/proc/self/fdinfo") else { throw Errno(rawValue: errno) }
    defer { closedir(stream) }
    var numbers: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if Int(name) != nil { numbers.append(name) }
    }
    return numbers
}

extension Listing {
    var directories: [FileName] {
        entries.filter { $0.kind == .directory }.map(\.name)
    }

    func kind(of name: String) -> Entry.Kind? {
        entries.first { $0.name == FileName(name) }?.kind
    }

    func isBook(_ name: String) -> Bool {
        if case .book = kind(of: name) { true } else { false }
    }
}

/// All of a text file, such as the kernel makes up when it is read.
func readFile(_ path: FilePath) throws -> String {
    let file = try FileDescriptor.open(path, .readOnly)
    return try file.closeAfter {
        var text: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while case let count = try bytes.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
            text += bytes[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
