// SPDX-License-Identifier: MIT
import LibraryModel
import Logging
import StumpDaemon
import Testing

extension LogRecord {
    /// A record of a fixed time and place.
    static func sample(
        _ message: Logger.Message,
        level: Logger.Level = .info,
        metadata: Logger.Metadata = [:]
    ) -> LogRecord {
        let event = LogEvent(
            level: level,
            message: message,
            metadata: nil,
            source: nil,
            file: "LibraryScan/JobRunner.swift",
            function: "run()",
            line: 7
        )
        return LogRecord(
            event,
            component: "scan",
            metadata: metadata,
            time: Timestamp(seconds: 1_700_000_000, nanoseconds: 0)
        )
    }
}

@Suite("The journal's fields are what users match")
struct JournalEntryTests {
    private func values(of name: String, _ metadata: Logger.Metadata) -> [String] {
        JournalEntry(.sample("x", metadata: metadata)).fields.filter { $0.name == name }.map(\.value)
    }

    @Test(arguments: [
        ("job.id", "STUMP_JOB"), ("job.kind", "STUMP_JOB_KIND"), ("library", "STUMP_LIBRARY"), ("path", "STUMP_PATH"),
        ("book", "STUMP_BOOK"), ("problem", "STUMP_PROBLEM"), ("event", "STUMP_EVENT"), ("peer.uid", "STUMP_PEER_UID"),
        ("duration.usec", "STUMP_DURATION_USEC"),
        ("books.changed", "STUMP_BOOKS_CHANGED"),
        ("a-b é", "STUMP_A_B___"), (String(repeating: "k", count: 80), "STUMP_" + String(repeating: "K", count: 58)),
    ])
    func `a metadata key has its field`(key: String, field: String) {
        #expect(JournalEntry.name(of: key) == field)
        #expect(values(of: field, [key: "42"]) == ["42"])
    }

    @Test(arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2]))
    func `a level has syslog's priority`(level: Logger.Level, priority: Int) {
        let fields = JournalEntry(.sample("x", level: level)).fields
        #expect(fields.contains(.init("PRIORITY", String(priority))))
    }

    @Test func `message, component and place of the code come along`() {
        let fields = JournalEntry(.sample("Scan finished")).fields
        for field in [
            JournalEntry.Field("MESSAGE", "Scan finished"), .init("SYSLOG_IDENTIFIER", "stumpd"),
            .init("STUMP_COMPONENT", "scan"), .init("CODE_FILE", "LibraryScan/JobRunner.swift"),
            .init("CODE_LINE", "7"), .init("CODE_FUNC", "run()"),
        ] { #expect(fields.contains(field)) }
    }

    @Test func `the message tells what belongs to it, on one line, and the fields the same for scripts`() {
        let metadata: Logger.Metadata = ["job.id": "42", "path": "a b\nPRIORITY=0", "event": "job.failed"]
        #expect(values(of: "MESSAGE", metadata) == ["x job.id=42 path=\"a b\\nPRIORITY=0\""])
        #expect(values(of: "PRIORITY", metadata) == ["6"])
        #expect(values(of: "STUMP_PATH", metadata) == ["a b\nPRIORITY=0"])
    }

    @Test func `lists repeat their field and dictionaries name theirs`() {
        let metadata: Logger.Metadata = ["path": ["a", "b\nPRIORITY=0"], "books": ["new": "1", "gone": "\(2)"]]
        #expect(values(of: "STUMP_PATH", metadata) == ["a", "b\nPRIORITY=0"])
        #expect(values(of: "STUMP_BOOKS_NEW", metadata) == ["1"] && values(of: "STUMP_BOOKS_GONE", metadata) == ["2"])
    }

    @Test func `a line about an event can be matched by its message id`() {
        #expect(values(of: "MESSAGE_ID", ["event": "job.failed"]) == ["a83c67f6aaaf4c8784373b69dad61d2f"])
        #expect(values(of: "MESSAGE_ID", ["event": "job.completed"]) == [MessageID.jobCompleted.rawValue])
        let withProblems: Logger.Metadata = ["event": "job.completed", "failed_media": "2"]
        #expect(values(of: "MESSAGE_ID", withProblems) == [MessageID.jobCompletedWithProblems.rawValue])
        #expect(values(of: "MESSAGE_ID", [:]).isEmpty)
    }

    @Test func `message ids are 128 bits each and differ`() {
        let ids = MessageID.allCases.map(\.rawValue)
        #expect(ids.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) } && Set(ids).count == ids.count)
    }
}
