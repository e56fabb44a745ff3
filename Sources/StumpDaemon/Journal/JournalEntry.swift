// SPDX-License-Identifier: MIT
internal import LibraryModel
package import Logging

/// A record as the journal keeps it: fields with upper-case names.
///
/// Source: `systemd.journal-fields(7)`; our own names are promised to users.
package struct JournalEntry: Equatable, Sendable {
    package struct Field: Equatable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// In no promised order; a name may come more than once.
    package let fields: [Field]

    package init(_ record: LogRecord) {
        fields =
            [
                Field("MESSAGE", JournalEntry.message(of: record)),
                Field("PRIORITY", String(JournalEntry.priority(of: record.level))),
                Field("SYSLOG_IDENTIFIER", "stumpd"),
                Field("STUMP_COMPONENT", record.component),
                Field("CODE_FILE", record.file),
                Field("CODE_LINE", String(record.line)),
                Field("CODE_FUNC", record.function),
            ] + record.fields.map { Field(JournalEntry.name(of: $0.key), $0.value) }
            + (JournalEntry.messageID(of: record).map { [Field("MESSAGE_ID", $0.rawValue)] } ?? [])
    }

    /// Syslog's numbers; 0 and 1 are for the whole machine's trouble, so never ours.
    package static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// The sentence and what belongs to it, for `journalctl` shows nothing else of an entry.
    ///
    /// One line whatever a file is called: scripts match the fields.
    private static func message(of record: LogRecord) -> String {
        let details = record.fields.filter { $0.key != "event" }
        return ([record.message] + details.map { "\($0.key)=\(LogfmtLines.value($0.value))" }).joined(separator: " ")
    }

    /// The rooms name events as the API does; the journal's identifiers follow from that.
    private static func messageID(of record: LogRecord) -> MessageID? {
        guard let event = record.fields.first(where: { $0.key == "event" })?.value else { return nil }
        let hasProblems = record.fields.contains { $0.key == ScanReport.Counter.failedMedia.rawValue }
        return MessageID(event: event, hasProblems: hasProblems)
    }

    private static let longestName = 64

    private static let promised = [
        "job.id": "STUMP_JOB",
        "job.kind": "STUMP_JOB_KIND",
    ]

    /// The field of a metadata key: `library` is `STUMP_LIBRARY`, `peer.uid` is `STUMP_PEER_UID`, `job.id` is
    /// `STUMP_JOB`; at most 64 bytes, beyond which the journal throws a field away.
    package static func name(of key: String) -> String {
        if let name = promised[key] { return name }
        let name = key.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte & ~0x20
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: (Array("STUMP_".utf8) + name).prefix(longestName), as: UTF8.self)
    }
}
