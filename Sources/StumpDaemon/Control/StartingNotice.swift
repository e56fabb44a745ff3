// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import SystemPackage

/// Answers the socket until the server does: every request is told that the daemon is starting, and with what it is busy.
///
/// To look through the database after a crash may take minutes. Whoever asks in that time shall not be told that nobody
/// is there. It reads no request and knows no route, so it can answer before there is anything to answer from.
struct StartingNotice: Sendable {
    private let socket: FilePath
    private let channel: any Channel
    private let work: Work

    /// What the daemon is busy with; one for all connections.
    private final class Work: Sendable {
        let words = Mutex("it opens its database")
    }

    /// Listens; nobody but those whom the mode names may ask.
    init(on socket: FilePath, mode: mode_t) async throws {
        let work = Work()
        self.socket = socket
        self.work = work
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CannedAnswer { work.words.withLock { $0 } })
                }
            }
            .withBoundSocket(StartingNotice.bind(to: socket, mode: mode)).get()
    }

    /// A socket of that name and mode, for NIO to listen on.
    ///
    /// One that NIO binds takes its name away when it is closed, whoever has the name by then.
    private static func bind(to path: FilePath, mode: mode_t) throws -> NIOBSDSocket.Handle {
        let address = try SocketAddress(unixDomainSocketPath: path.string)
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        // The last daemon's, should it have been killed. Nobody answers there: that was asked.
        _ = path.withPlatformString { unlink($0) }
        guard address.withSockAddr({ Glibc.bind(descriptor, $0, socklen_t($1)) }) == 0 else {
            defer { close(descriptor) }
            throw IOError(errnoCode: errno, reason: "bind \(path)")
        }
        _ = path.withPlatformString { chmod($0, mode) }
        return descriptor
    }

    func say(_ words: String) {
        work.words.withLock { $0 = words }
    }

    /// Leaves the socket's name to the server that took it over.
    func end() {
        channel.close(promise: nil)
    }

    /// Takes the name away as well: there will be no server.
    func giveUp() {
        end()
        _ = socket.withPlatformString { unlink($0) }
    }
}

/// Answers whatever it reads first, and hangs up.
private final class CannedAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let work: @Sendable () -> String
    private var isAnswered = false

    init(_ work: @escaping @Sendable () -> String) {
        self.work = work
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered else { return }
        isAnswered = true
        let channel = context.channel
        channel.writeAndFlush(CannedAnswer.refusal(starting: work())).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private static func refusal(starting work: String) -> ByteBuffer {
        let problem = APIProblem(
            title: "stumpd is starting",
            status: 503,
            detail: work,
            code: APIProblem.starting,
            hint: "Try again in a moment."
        )
        return problem.wholeAnswer(headers: ["retry-after: 2"])
    }
}

extension APIProblem {
    /// The problem as the bytes of an answer after which the connection ends, for where no server writes it.
    func wholeAnswer(headers: [String] = []) -> ByteBuffer {
        let body = (try? ControlJSON.encode(self)) ?? []
        let lines =
            [
                "HTTP/1.1 \(status) \(title)", "content-type: application/problem+json",
                "content-length: \(body.count)", "connection: close", "\(Release.header): \(Release.version)",
            ] + headers
        var bytes = ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")
        bytes.writeBytes(body)
        return bytes
    }
}
