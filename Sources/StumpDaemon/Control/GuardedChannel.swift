// SPDX-License-Identifier: MIT
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Hummingbird's HTTP with our limits in front.
struct GuardedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let base: HTTP1Channel
    let connections: ConnectionTable
    var limits = ConnectionLimits()

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try GuardedChannel.add(limits, connections, to: channel)
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }

    /// Puts the handlers around the decoder that is in the pipeline already.
    static func add(_ limits: ConnectionLimits, _ connections: ConnectionTable, to channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        let marks = RequestMarks(connections)
        let isWelcome = connections.enter(channel)
        channel.closeFuture.whenComplete { _ in connections.leave(channel) }
        try pipeline.addHandler(marks, position: .after(decoder))
        try pipeline.addHandler(ConnectionGuard(limits, marks, isWelcome: isWelcome), position: .first)
    }
}
