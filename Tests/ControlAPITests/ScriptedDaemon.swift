// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import NIOCore
import NIOPosix
import Testing

/// Answers a real Unix socket with the very bytes a test wants to be answered with.
enum ScriptedDaemon {
    enum Reply: Sendable {
        /// Bytes as they go over the wire; then the connection is closed.
        case bytes(String)
        case silence
    }

    /// Runs `body` while a server answers each request alike.
    static func run(
        _ reply: Reply,
        timeout: Duration = .seconds(20),
        _ body: (ControlClient) async throws -> Void
    ) async throws {
        try await run({ _ in reply }, timeout: timeout, body)
    }

    /// Runs `body` while a server on a socket in a directory of its own answers each request by `script`.
    static func run(
        _ script: @escaping @Sendable (String) -> Reply,
        timeout: Duration = .seconds(20),
        _ body: (ControlClient) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let socket = directory + "/stumpd.sock"
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ScriptHandler(script))
                    }
                }
                .bind(unixDomainSocketPath: socket).get()
            do {
                try await body(ControlClient(socket: socket, timeout: timeout))
            } catch {
                try await server.close()
                throw error
            }
            try await server.close()
        }
    }

    static func withTemporaryDirectory(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/stump-test-XXXXXX".utf8CString)
        let made = mkdtemp(&template)
        let directory = try String(cString: #require(made))
        do {
            try await body(directory)
        } catch {
            remove(directory)
            throw error
        }
        remove(directory)
    }

    private static func remove(_ directory: String) {
        unlink(directory + "/stumpd.sock")
        rmdir(directory + "/stump-\(geteuid())")
        unlink(directory + "/stump-\(geteuid())")
        rmdir(directory)
    }
}

extension ScriptedDaemon.Reply {
    /// The bytes of a whole answer.
    static func answer(_ body: String, status: String = "200 OK") -> Self {
        .bytes("HTTP/1.1 \(status)\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// The bytes of an answer in chunks.
    static func chunks(_ chunks: String..., isComplete: Bool = true) -> Self {
        let framed = chunks.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
        return .bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\(framed)\(isComplete ? "0\r\n\r\n" : "")")
    }
}

/// Gathers one request, head and body, and answers it.
private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: @Sendable (String) -> ScriptedDaemon.Reply
    private var request = ""

    init(_ script: @escaping @Sendable (String) -> ScriptedDaemon.Reply) {
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        request += String(buffer: unwrapInboundIn(data))
        guard isComplete, case .bytes(let text) = script(request) else { return }
        let channel = context.channel
        channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in channel.close(promise: nil) }
    }

    private var isComplete: Bool {
        guard let end = request.firstRange(of: "\r\n\r\n") else { return false }
        let length = request.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
            .flatMap { Int($0.dropFirst("content-length: ".count)) }
        return request[end.upperBound...].utf8.count >= length ?? 0
    }
}
