// SPDX-License-Identifier: MIT
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import StumpDaemon

@Suite("One client's connection gets so much time, so many bytes, and no more")
struct ConnectionGuardTests {
    private static let question = "GET /v1/health HTTP/1.1\r\nhost: stump\r\n\r\n"

    /// A connection as the server sets it up, without anybody who answers.
    private struct Connection {
        let channel = EmbeddedChannel()
        let table: ConnectionTable

        init(_ table: ConnectionTable = ConnectionTable(limit: 8)) throws {
            self.table = table
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
            try GuardedChannel.add(ConnectionLimits(), table, to: channel)
            try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
        }

        func send(_ text: String) {
            // What is wrong with the text is told in the answer.
            _ = try? channel.writeInbound(ByteBuffer(string: text))
        }

        func pass(_ time: TimeAmount) {
            channel.embeddedEventLoop.advanceTime(by: time)
        }

        /// What was written until now.
        var answer: String {
            var text = ""
            while let bytes = try? channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
            return text
        }

        func respond() throws {
            try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        }
    }

    @Test func `a request that trickles in is ended after its time, and told so`() throws {
        let connection = try Connection()
        for character in "GET /v1/status HT" {
            connection.send(String(character))
            connection.pass(.seconds(1))
        }
        #expect(connection.channel.isActive)
        connection.pass(.seconds(4))
        #expect(!connection.channel.isActive)
        #expect(connection.answer.hasPrefix("HTTP/1.1 408 "))
        #expect(connection.table.count == 0)
    }

    @Test func `a body that trickles in gets no more time than all the rest`() throws {
        let connection = try Connection()
        connection.send("POST /v1/flush HTTP/1.1\r\nhost: stump\r\ncontent-length: 99\r\n\r\n")
        for _ in 0..<19 {
            connection.pass(.seconds(1))
            connection.send("{")
        }
        #expect(connection.channel.isActive)
        connection.pass(.seconds(2))
        #expect(!connection.channel.isActive)
    }

    @Test func `a connection that says nothing is left alone, and so is one between two requests`() throws {
        let silent = try Connection()
        silent.pass(.hours(2))
        #expect(silent.channel.isActive)
        let twice = try Connection()
        for _ in 0..<2 {
            twice.send(ConnectionGuardTests.question)
            twice.pass(.hours(1))
            try twice.respond()
        }
        #expect(twice.channel.isActive)
        #expect(twice.answer.hasPrefix("HTTP/1.1 200 "))
    }

    @Test func `a head without end is refused before it fills memory`() throws {
        let connection = try Connection()
        var sent = 0
        while connection.channel.isActive, sent < 1 << 20 {
            connection.send(sent == 0 ? "GET /" : String(repeating: "x", count: 1000))
            sent += 1000
        }
        #expect(sent < 100_000)
        #expect(connection.answer.hasPrefix("HTTP/1.1 431 "))
    }

    @Test(arguments: ["\u{16}\u{3}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "HELO stump\r\n\r\n"])
    func `what is no HTTP is refused as a problem`(text: String) throws {
        let connection = try Connection()
        connection.send(text)
        let answer = connection.answer
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("application/problem+json"))
        #expect(!connection.channel.isActive)
    }

    @Test func `where there is no room the connection that was idle the longest makes room`() throws {
        let table = ConnectionTable(limit: 3)
        let connections = try (0..<3).map { _ in try Connection(table) }
        connections[0].send(ConnectionGuardTests.question)
        let fourth = try Connection(table)
        #expect(connections.map(\.channel.isActive) == [true, false, true])
        #expect(fourth.channel.isActive)
        #expect(table.count == 3)
    }

    @Test func `where all wait for an answer a new one is refused, and told so`() throws {
        let table = ConnectionTable(limit: 2)
        let busy = try (0..<2).map { _ in try Connection(table) }
        for connection in busy { connection.send(ConnectionGuardTests.question) }
        let late = try Connection(table)
        #expect(late.answer.hasPrefix("HTTP/1.1 503 "))
        #expect(!late.channel.isActive)
        try busy[0].respond()
        #expect(try Connection(table).channel.isActive)
    }

    @Test func `an answer that nobody reads is given up, and one that is read again is not`() throws {
        let reader = try Connection()
        reader.channel.isWritable = false
        reader.channel.pipeline.fireChannelWritabilityChanged()
        reader.pass(.minutes(4))
        reader.channel.isWritable = true
        reader.channel.pipeline.fireChannelWritabilityChanged()
        reader.pass(.minutes(4))
        #expect(reader.channel.isActive)
        reader.channel.isWritable = false
        reader.channel.pipeline.fireChannelWritabilityChanged()
        reader.pass(.minutes(6))
        #expect(!reader.channel.isActive)
    }
}
