// SPDX-License-Identifier: MIT
import Glibc
import Support
import SystemPackage
import Testing

/// The length of the queues that the kernel makes for events, which it takes from a setting when it makes one.
enum KernelQueue {
    private static let setting = "/proc/sys/fs/inotify/max_queued_events"

    /// Does something while new queues are short; as an ordinary user they stay as they are.
    static func withLength<Value>(_ length: Int, _ body: () async throws -> Value) async throws -> Value {
        let before = try read()
        guard (try? write(length)) != nil else { return try await body() }
        do {
            let value = try await body()
            try write(before)
            return value
        } catch {
            try write(before)
            throw error
        }
    }

    private static func read() throws -> Int {
        let file = try FileDescriptor.open(setting, .readOnly)
        var digits = [UInt8](repeating: 0, count: 16)
        let count = try file.closeAfter { try digits.withUnsafeMutableBytes { try file.read(into: $0) } }
        return try #require(Int(String(decoding: digits[..<count], as: UTF8.self).filter(\.isNumber)))
    }

    private static func write(_ length: Int) throws {
        let file = try FileDescriptor.open(setting, .writeOnly)
        _ = try file.closeAfter { try file.writeAll("\(length)".utf8) }
    }
}
