// SPDX-License-Identifier: MIT
internal import LibraryModel
internal import Logging

/// The records that wait for their destination: at most so many, and a count of those there was no room for.
struct LogBacklog {
    private let capacity: Int
    private var waiting: [LogRecord] = []
    private var underWay = 0
    private var lost: (count: Int, last: Timestamp)?

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Whether nothing waits and nothing is under way.
    var isDelivered: Bool { waiting.isEmpty && lost == nil && underWay == 0 }

    mutating func add(_ record: LogRecord) {
        if waiting.count + underWay < capacity {
            waiting.append(record)
        } else {
            lost = ((lost?.count ?? 0) + 1, record.time)
        }
    }

    /// Hands out all that wait, in order, and after them one line that counts what was lost.
    ///
    /// To be called again once those are delivered, until nothing comes.
    mutating func take() -> [LogRecord] {
        var records = waiting
        if let lost { records.append(.loss(of: lost.count, at: lost.last)) }
        waiting = []
        lost = nil
        underWay = records.count
        return records
    }
}

extension LogRecord {
    fileprivate static func loss(of count: Int, at time: Timestamp) -> LogRecord {
        let event = LogEvent(
            level: .warning,
            message: "Log lines were lost: the destination is too slow",
            metadata: nil,
            source: nil,
            file: #fileID,
            function: #function,
            line: #line
        )
        return LogRecord(event, component: "journal", metadata: ["lines.lost": "\(count)"], time: time)
    }
}
