// SPDX-License-Identifier: MIT
import Glibc
import Testing

/// A connection on which a test sends whatever bytes it likes.
final class RawClient {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(descriptor >= 0 && code == 0, "\(path): \(errno)")
    }

    deinit {
        close(descriptor)
    }

    /// False where the other side has hung up.
    @discardableResult
    func send(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(text.utf8) }

    /// Says that nothing more will be sent.
    func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// What comes, until it holds `words` or ends.
    func receive(until words: String? = nil) -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { break }
            text += buffer.prefix(count)
            if let words, String(decoding: text, as: UTF8.self).contains(words) { break }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Asks in one connection of its own, and gives the whole answer.
    static func ask(_ path: String, _ request: some Collection<UInt8>) throws -> String {
        let client = try RawClient(path)
        client.send(request)
        client.finishSending()
        return client.receive()
    }
}
