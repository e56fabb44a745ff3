// SPDX-License-Identifier: MIT
internal import Glibc
internal import LibraryModel
package import SystemPackage

/// Sees to it that a state directory has one daemon; held as long as the object lives.
///
/// The kernel releases the lock with the process, however that ends, so the file that remains means nothing; its
/// text, the daemon's process id, is for people.
package final class StateLock: Sendable {
    private let file: FileDescriptor

    /// Locks the file `lock` of a directory that exists.
    package init(_ directory: FilePath) throws(StateLockFault) {
        let path = directory.appending("lock")
        do {
            file = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .closeOnExec, .noFollow],
                permissions: .ownerReadWrite
            )
        } catch {
            throw .unusable(path, error as? Errno ?? .ioError)
        }
        do {
            try StateLock.lock(file)
            try file.resize(to: 0)
            try file.writeAll("\(getpid())\n".utf8)
        } catch {
            // The file is closed by what is thrown away here: all of it is there.
            let holder = StateLock.holder(file)
            throw error as? Errno == .wouldBlock
                ? .held(directory, by: holder) : .unusable(path, error as? Errno ?? .ioError)
        }
    }

    deinit {
        try? file.close()
    }

    private static func lock(_ file: FileDescriptor) throws(Errno) {
        while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }

    private static func holder(_ file: FileDescriptor) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(fromAbsoluteOffset: 0, into: $0) })
        else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}

/// Why a state directory cannot be had.
package enum StateLockFault: DaemonFault, Equatable {
    /// Another daemon has it; its process id, where the lock's file tells it.
    case held(FilePath, by: Int32?)
    case unusable(FilePath, Errno)

    package var code: String {
        switch self {
        case .held: "already_running"
        case .unusable: "not_writable"
        }
    }

    package var summary: String {
        switch self {
        case .held(let directory, let pid):
            "another stumpd\(pid.map { " (process \($0))" } ?? "") runs on \(directory.string.escaped)"
        case .unusable(let path, let error): "cannot lock \(path.string.escaped): \(error)"
        }
    }

    package var remedy: String? {
        switch self {
        case .held(_, let pid):
            "Ask it with `stumpctl status`, end it with `\(pid.map { "kill \($0)" } ?? "systemctl stop stumpd")`, "
                + "or give this one a directory of its own with `--state DIR`."
        case .unusable: "Give this user write access to it, or choose another directory with `--state DIR`."
        }
    }

    package var exitCode: Int32 {
        switch self {
        case .held: ExitCode.alreadyRunning
        case .unusable: ExitCode.notWritable
        }
    }
}
