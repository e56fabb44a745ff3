// SPDX-License-Identifier: MIT
import Glibc
import Logging
import NIOCore
import SystemPackage

/// Who is at the other end of a connection, as the kernel noted when it was made.
struct Peer: Equatable, Sendable {
    var process: Int32
    var user: UInt32

    /// The program's name; `nil` where the kernel does not show it, or it has ended.
    var command: String?

    /// As `struct ucred` of unix(7), which Glibc's module does not have.
    private struct Credentials {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }

    private static let longestName = 64

    init(process: Int32, user: UInt32, command: String? = nil) {
        (self.process, self.user, self.command) = (process, user, command)
    }

    /// Asks the kernel; `nil` where it does not say.
    init?(of channel: any Channel) async {
        guard let options = channel as? any SocketOptionProvider else { return nil }
        let asked =
            options.unsafeGetSocketOption(level: .socket, name: .init(rawValue: SO_PEERCRED))
            as EventLoopFuture<Credentials>
        guard let found = try? await asked.get() else { return nil }
        self.init(process: found.process, user: found.user, command: Peer.command(of: found.process))
    }

    private static func command(of process: Int32) -> String? {
        guard process > 0,
            let file = try? FileDescriptor.open("/proc/\(process)/comm", .readOnly, options: .closeOnExec)
        else { return nil }
        defer { try? file.close() }
        let name = [UInt8](unsafeUninitializedCapacity: longestName) { buffer, count in
            count = (try? file.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
        return name.isEmpty ? nil : String(decoding: name.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = ["peer.uid": "\(user)", "peer.pid": "\(process)"]
        metadata["peer.command"] = command.map { "\($0)" }
        return metadata
    }
}
