// SPDX-License-Identifier: MIT
import ControlAPI
import NIOCore
import NIOHTTP1

/// How much of everything one client gets.
struct ConnectionLimits: Equatable {
    /// The longest from the first byte of a request to its last.
    var request: TimeAmount = .seconds(20)

    /// The longest that a client may take to read on, while there is something for it to read.
    var reading: TimeAmount = .minutes(5)

    /// The most bytes before a body begins: the address and all headers.
    var head = 64 << 10
}

/// First in a connection's pipeline: counts the bytes and the time of its requests, and ends it where they are too many.
///
/// A request that trickles in holds a connection for no longer than it should take to send, and an answer that nobody
/// reads is given up. What is refused here is told in an answer, as far as none has begun.
final class ConnectionGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let limits: ConnectionLimits
    private let requests: RequestMarks

    /// Whether there is room for this connection.
    private let isWelcome: Bool
    private var deadline: Scheduled<Void>?
    private var stall: Scheduled<Void>?
    private var headBytes = 0
    private var isOver = false

    init(_ limits: ConnectionLimits, _ requests: RequestMarks, isWelcome: Bool) {
        (self.limits, self.requests, self.isWelcome) = (limits, requests, isWelcome)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        requests.onError = { error in
            let (guardian, context) = loopBound.value
            guardian.refuse(.malformed(error), context)
        }
        if context.channel.isActive { turnAway(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        requests.onError = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        turnAway(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        stall?.cancel()
        requests.onError = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        let count = unwrapInboundIn(data).readableBytes
        let before = requests.ended
        context.fireChannelRead(data)
        guard !isOver else { return }
        if requests.ended > before, !requests.isInside {
            deadline?.cancel()
            deadline = nil
            headBytes = 0
            return
        }
        headBytes = requests.isInside ? 0 : headBytes + count
        if headBytes > limits.head { return refuse(.headTooLarge(limits.head), context) }
        if deadline == nil { schedule(context) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable {
            let channel = context.channel
            stall = context.eventLoop.scheduleTask(in: limits.reading) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.fireErrorCaught(error)
    }

    private func schedule(_ context: ChannelHandlerContext) {
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: limits.request) {
            let (guardian, context) = loopBound.value
            guardian.refuse(.tooSlow(guardian.limits.request), context)
        }
    }

    private func turnAway(_ context: ChannelHandlerContext) {
        if !isWelcome { refuse(.tooManyConnections, context) }
    }

    /// Says what is wrong, unless an answer is on its way, and hangs up.
    private func refuse(_ problem: APIProblem, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        deadline?.cancel()
        let channel = context.channel
        guard !requests.isAnswering else { return channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(problem.wholeAnswer())).whenComplete { _ in channel.close(promise: nil) }
    }
}

/// Behind the decoder: knows where requests and answers begin and end.
final class RequestMarks: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Whether a request's head was read, and not its end.
    private(set) var isInside = false

    /// How many requests were read whole.
    private(set) var ended = 0

    /// Whether an answer has begun, and has not ended.
    private(set) var isAnswering = false

    /// Told of what is no HTTP.
    var onError: ((HTTPParserError) -> Void)?

    private let connections: ConnectionTable

    init(_ connections: ConnectionTable) {
        self.connections = connections
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isInside = true
            connections.mark(context.channel, isBusy: true)
        case .body: break
        case .end:
            isInside = false
            ended += 1
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head: isAnswering = true
        case .body: break
        case .end:
            isAnswering = false
            connections.mark(context.channel, isBusy: isInside)
        }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Nothing is understood of what follows either.
        if let error = error as? HTTPParserError, let onError { onError(error) }
        context.fireErrorCaught(error)
    }
}

extension APIProblem {
    fileprivate static func malformed(_ error: HTTPParserError) -> APIProblem {
        APIProblem(
            title: "Bad Request",
            status: 400,
            detail: "what was sent is not HTTP: \(error)",
            code: "malformed_request",
            hint: "Ask with `curl --unix-socket`, or with stumpctl."
        )
    }

    fileprivate static func headTooLarge(_ limit: Int) -> APIProblem {
        APIProblem(
            title: "Request Header Fields Too Large",
            status: 431,
            detail: "the address and the headers have more than \(limit) bytes",
            code: "head_too_large",
            hint: "Send what is long in the body."
        )
    }

    fileprivate static func tooSlow(_ limit: TimeAmount) -> APIProblem {
        APIProblem(
            title: "Request Timeout",
            status: 408,
            detail: "the request was not complete \(limit.nanoseconds / 1_000_000_000) seconds after its beginning",
            code: "request_timeout",
            hint: "Send the whole request at once."
        )
    }

    fileprivate static var tooManyConnections: APIProblem {
        APIProblem(
            title: "Service Unavailable",
            status: 503,
            detail: "all connections that stumpd has room for wait for an answer",
            code: "too_many_connections",
            hint: "Ask again later, or end some of the clients that stay connected."
        )
    }
}
