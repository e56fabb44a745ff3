// SPDX-License-Identifier: MIT
import Dispatch
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

/// A pipe by which a program that goes on running can be heard.
final class ProgramVoice: Sendable {
    /// Where the program is to write.
    let path: String

    private let folder: TemporaryDirectory
    private let pipe: Int32

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.path.appending("voice").string
        try #require(mkfifo(path, 0o600) == 0, "\(path): \(errno)")
        // Before anybody writes: who opens a pipe that nobody reads waits.
        pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        try #require(pipe >= 0, "\(path): \(errno)")
    }

    deinit {
        close(pipe)
    }

    /// What it says first; nothing after half a minute of silence.
    func firstWords() async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "stump.test.wait").async { [pipe] in
                var waited = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = poll(&waited, 1, 30_000) == 1 ? read(pipe, &buffer, buffer.count) : 0
                continuation.resume(returning: String(decoding: buffer.prefix(max(0, count)), as: UTF8.self))
            }
        }
    }
}
