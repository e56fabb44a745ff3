// SPDX-License-Identifier: MIT
import LibraryModel
import Logging
import Synchronization
import Testing

@testable import StumpDaemon

@Suite("Logging never waits for its destination")
struct LogQueueTests {
    @Test func `what there is no room for is counted and told in one line`() {
        var backlog = LogBacklog(capacity: 2)
        for number in 1...5 { backlog.add(.sample("\(number)")) }
        let taken = backlog.take()
        #expect(taken.map(\.message).prefix(2) == ["1", "2"])
        #expect(taken.count == 3 && taken.last?.level == .warning)
        #expect(taken.last?.fields == [LogRecord.Field("lines.lost", "3")])
        #expect(backlog.take().isEmpty && backlog.isDelivered)
    }

    @Test func `records under way take up room too`() {
        var backlog = LogBacklog(capacity: 1)
        backlog.add(.sample("1"))
        #expect(backlog.take().count == 1)
        backlog.add(.sample("2"))
        #expect(!backlog.isDelivered)
        #expect(backlog.take().map(\.message) == ["Log lines were lost: the destination is too slow"])
    }

    @Test func `after a drain everything is delivered, in order`() {
        let delivered = Mutex<[String]>([])
        let queue = LogQueue { record in delivered.withLock { $0.append(record.message) } }
        for number in 0..<1000 { queue.add(.sample("\(number)")) }
        queue.drain()
        #expect(delivered.withLock { $0 } == (0..<1000).map(String.init))
    }

    @Test func `a destination that does not answer holds up neither the logger nor the end`() {
        let gate = Mutex(0)
        gate.withLock { _ in
            let queue = LogQueue(capacity: 10) { _ in gate.withLock { $0 += 1 } }
            for _ in 0..<100 { queue.add(.sample("x")) }
            queue.drain(patience: .zero)
        }
    }

    @Test func `a logger's metadata, the provider's and the line's own are merged`() {
        let delivered = Mutex<[LogRecord]>([])
        let queue = LogQueue { record in delivered.withLock { $0.append(record) } }
        var recorder = LogRecorder(component: "scan", level: LogLevel(.debug), queue: queue)
        recorder.metadataProvider = Logger.MetadataProvider { ["library": "comics", "job.id": "1"] }
        var logger = Logger(label: "scan") { _ in recorder }
        logger[metadataKey: "peer.uid"] = "0"
        logger.debug("Scan finished", metadata: ["job.id": "42"])
        logger.trace("Not wanted")
        queue.drain()
        let records = delivered.withLock { $0 }
        #expect(records.count == 1)
        #expect(
            records.first?.fields == [.init("job.id", "42"), .init("library", "comics"), .init("peer.uid", "0")]
        )
    }
}
