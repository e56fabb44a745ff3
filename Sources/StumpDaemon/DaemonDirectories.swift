// SPDX-License-Identifier: MIT
internal import Glibc
internal import SystemPackage

extension DaemonPaths {
    /// Makes the directories that are not there, for this user alone, and tries whether they can be written.
    ///
    /// What is there already keeps its mode: it is the administrator's.
    package func prepare() throws(DaemonPathsFault) {
        try DaemonPaths.prepare(state: state)
        try DaemonPaths.make(cache, .cache)
        let directory = socket.removingLastComponent()
        try DaemonPaths.make(directory, .socket)
        // Before anything is written into it: it may be a link to a directory where we should not write.
        if isSocketDirectoryShared { try checkOwner(of: directory) }
        try DaemonPaths.probe(cache, .cache)
        try DaemonPaths.probe(directory, .socket)
    }

    /// Does the same for the state directory alone.
    static func prepare(state: FilePath) throws(DaemonPathsFault) {
        try make(state, .state)
        try probe(state, .state)
    }

    private static func make(_ directory: FilePath, _ purpose: DaemonPathsFault.Purpose) throws(DaemonPathsFault) {
        do { try makeDirectory(directory) } catch { throw .notWritable(purpose, directory, error) }
    }

    private static func probe(_ directory: FilePath, _ purpose: DaemonPathsFault.Purpose) throws(DaemonPathsFault) {
        do { try probe(directory) } catch { throw .notWritable(purpose, directory, error) }
    }

    private static func makeDirectory(_ directory: FilePath) throws(Errno) {
        if directory.withPlatformString({ mkdir($0, 0o700) }) == 0 { return }
        switch Errno(rawValue: errno) {
        case .fileExists: return
        case .noSuchFileOrDirectory where directory.lastComponent != nil:
            try makeDirectory(directory.removingLastComponent())
            if directory.withPlatformString({ mkdir($0, 0o700) }) != 0 { throw Errno(rawValue: errno) }
        case let error: throw error
        }
    }

    /// Writes a byte: a read-only mount, a full disk and a missing right show only then.
    private static func probe(_ directory: FilePath) throws(Errno) {
        let path = directory.appending(".stump-probe-\(getpid())")
        do {
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .truncate, .closeOnExec, .noFollow],
                permissions: .ownerReadWrite
            )
            defer { _ = path.withPlatformString { unlink($0) } }
            _ = try file.closeAfter { try file.writeAll([0]) }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// In a directory where everybody may write, the name may be anybody's directory, or a link to one.
    private func checkOwner(of directory: FilePath) throws(DaemonPathsFault) {
        var status = stat()
        let isKnown = directory.withPlatformString { lstat($0, &status) } == 0
        guard isKnown, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(), status.st_mode & 0o077 == 0
        else { throw .notOurs(directory) }
    }
}
