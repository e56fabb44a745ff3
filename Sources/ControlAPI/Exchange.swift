// SPDX-License-Identifier: MIT
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// The body of an answer as it arrives; the next piece is not read before it is asked for.
struct Answer {
    fileprivate var parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator

    fileprivate mutating func head() async throws -> HTTPResponseHead {
        guard case .head(let head)? = try await parts.next() else { throw HungUp() }
        return head
    }

    /// `nil` once the daemon has said that there is no more; throws if it went away without saying so.
    mutating func next() async throws -> ByteBuffer? {
        switch try await parts.next() {
        case .body(let bytes): bytes
        case .end: nil
        case .head, nil: throw HungUp()
        }
    }
}

private struct HungUp: Error {}

private struct OutOfTime: Error {}

extension ControlClient {
    /// Opens a connection, sends the request and lets `body` read the answer.
    ///
    /// `timeout` ends it all, unless `body` cancels the deadline it is given. What goes wrong on the way is thrown as
    /// ``ControlFault``; what `body` throws otherwise, as it is.
    func exchange<Result>(
        _ request: ControlRequest,
        timeout: Duration,
        _ body: (HTTPResponseHead, inout Answer, Scheduled<Void>) async throws -> Result
    ) async throws -> Result {
        do {
            let connection = try await connect()
            let channel = connection.channel
            let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
                channel.pipeline.fireErrorCaught(OutOfTime())
            }
            defer { deadline.cancel() }
            return try await connection.executeThenClose { inbound, outbound in
                try await outbound.write(contentsOf: request.parts)
                var answer = Answer(parts: inbound.makeAsyncIterator())
                let head = try await answer.head()
                return try await body(head, &answer, deadline)
            }
        } catch {
            throw fault(for: error, request, timeout) ?? error
        }
    }

    private func connect() async throws -> NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: socket) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    private func fault(for error: any Error, _ request: ControlRequest, _ timeout: Duration) -> ControlFault? {
        switch error {
        case let error as IOError:
            switch error.errnoCode {
            case ENOENT, ENOTDIR: .notRunning(socket: socket)
            case ECONNREFUSED: .refused(socket: socket)
            case EACCES, EPERM: .notPermitted(socket: socket)
            case ECONNRESET, EPIPE: .hungUp(socket: socket)
            default: .unreachable(socket: socket, reason: String(cString: strerror(error.errnoCode)))
            }
        case is OutOfTime: .timedOut(socket: socket, after: timeout)
        case is HungUp, HTTPParserError.invalidEOFState, is ChannelError: .hungUp(socket: socket)
        case let error as HTTPParserError: .malformed(path: request.path, reason: "\(error)")
        default: nil
        }
    }
}

extension ControlRequest {
    fileprivate var parts: [HTTPClientRequestPart] {
        var head = HTTPRequestHead(version: .http1_1, method: .RAW(value: method.rawValue), uri: target)
        head.headers = ["host": "stump", "connection": "close", "accept": "application/json"]
        if method == .post {
            head.headers.add(name: "content-type", value: "application/json")
            head.headers.add(name: "content-length", value: "\(body?.count ?? 0)")
        }
        return [.head(head)] + (body.map { [.body(.byteBuffer(ByteBuffer(bytes: $0)))] } ?? []) + [.end(nil)]
    }
}
