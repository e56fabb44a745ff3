// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import LibraryModel
import SystemPackage
import Testing

/// A directory of one test's own, removed with all that is in it when the test lets go of it.
final class ScratchDirectory: Sendable {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/stumpd-test-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        // The temporary directory may itself be a link, and some tests compare real paths.
        let real = try #require(realpath(made, nil))
        defer { free(real) }
        path = FilePath(platformString: real)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path.string)
    }

    func makeDirectory(_ name: String, mode: mode_t = 0o755) throws -> FilePath {
        let directory = path.appending(name)
        try #require(mkdir(directory.string, mode) == 0)
        try #require(chmod(directory.string, mode) == 0)
        return directory
    }

    func write(_ text: String, to name: String) throws -> FilePath {
        let file = path.appending(name)
        let descriptor = try FileDescriptor.open(
            file,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .ownerReadWrite
        )
        _ = try descriptor.closeAfter { try descriptor.writeAll(text.utf8) }
        return file
    }

    static func read(_ file: FilePath) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let descriptor = try FileDescriptor.open(file, .readOnly)
        let count = try descriptor.closeAfter { try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) } }
        return Array(bytes[..<count])
    }
}
