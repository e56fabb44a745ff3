// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// The changes that one transaction makes to one library's part of the catalog.
///
/// Made by ``LibraryStore/commit(for:job:_:)`` and valid only inside its closure. Events are gathered and written at
/// the end, books in arrays, so that a batch is told in a few events.
package final class CatalogTransaction {
    /// A problem that was not known before, for the journal.
    package struct OpenedProblem: Sendable, Equatable {
        package var problem: ProblemClass
        package var path: FilePath
        package var detail: String
        package var book: Int64?
    }

    var report = ScanReport()
    var opened: [OpenedProblem] = []
    let db: Database
    let library: LibraryName
    let libraryID: Int64
    let job: Int64?
    let mode: ScanMode
    let instant: Timestamp
    var items: [EventType: [EventItem]] = [:]
    var touchedSeries: Set<Int64> = []

    /// The series that books left, each with those they went to.
    var seriesLeft: [Int64: Set<Int64>] = [:]

    /// Rows that were looked up, and those of them that are known to be present; forgotten when a directory moves.
    var directories: [FilePath: Int64] = [:]
    var presentDirectories: Set<Int64> = []
    private var events: [CatalogEvent] = []

    /// The facts of books that were written, for the words by which they are found.
    var written: [Int64: BookMetadata] = [:]

    init(
        _ db: Database,
        library: LibraryName,
        job: Int64?,
        telling mode: ScanMode,
        at instant: Timestamp
    ) throws {
        guard let libraryID = try db.libraryID(library) else { throw StoreFault.unknownLibrary(library.text) }
        self.db = db
        self.library = library
        self.libraryID = libraryID
        self.job = job
        self.mode = mode
        self.instant = instant
    }

    /// What the transaction did so far, with what follows from it.
    package func summary() throws -> (report: ScanReport, opened: [OpenedProblem]) {
        try settleSeries()
        return (report, opened)
    }

    /// Adds a line to the job's own log.
    package func log(_ level: String, _ message: String, path: FilePath? = nil, problem: ProblemClass? = nil) throws {
        guard let job else { return }
        try run(
            "INSERT INTO job_log (job_id, at, level, message, path, class) VALUES (?, ?, ?, ?, ?, ?)",
            job,
            instant.nanoseconds,
            level,
            message,
            path.map { Data($0.bytes) },
            problem?.rawValue
        )
    }

    /// Notes how far the job has come and what it did, with the rows that say so.
    ///
    /// Only what `hasResult` counts as having got somewhere, should the daemon end with the job.
    package func note(_ progress: JobProgress, _ report: ScanReport, hasResult: Bool = true) throws {
        guard let job else { return }
        try run(
            "UPDATE job SET progress = ?, report = ?, commits = commits + ? WHERE id = ?",
            try JSONText.encode(progress),
            try JSONText.encode(report),
            hasResult,
            job
        )
    }

    func tell(_ type: EventType, _ data: some Encodable, of other: LibraryName? = nil) throws {
        let event = CatalogEvent(
            id: nil,
            at: instant,
            type: type,
            library: other ?? library,
            job: job,
            data: try JSONText.encode(data)
        )
        events.append(try db.insert(event))
    }

    /// Writes what is derived from the rows, then the events; nothing may be changed afterwards.
    func finish() throws -> [CatalogEvent] {
        try settleSeries()
        try db.indexWhatIsDue(limit: written.count + Database.searchLimit, known: written)
        for type in EventType.allCases {
            for (owner, items) in Dictionary(grouping: items[type] ?? [], by: { $0.library ?? library }) {
                try tell(type, items, of: owner)
            }
        }
        return events
    }

    private func tell(_ type: EventType, _ items: [EventItem], of owner: LibraryName) throws {
        var rest = items[...]
        if mode == .sync {
            for item in rest { try tell(type, item, of: owner) }
            return
        }
        while !rest.isEmpty {
            try tell(type, ["items": Array(rest.prefix(EventItem.limit))], of: owner)
            rest = rest.dropFirst(EventItem.limit)
        }
    }

    func run(_ sql: String, _ arguments: (any DatabaseValueConvertible)?...) throws {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
    }
}

/// One book or series in an event's `items`.
struct EventItem: Encodable {
    /// The most items in one event.
    static let limit = 200

    var id: Int64
    var seriesID: Int64?
    var path: String?
    var name: String?

    /// Where it was before, and in which library where that is another.
    var from: String?
    var fromLibrary: String?

    /// The one that it turned out to be, and that stays.
    var sameAs: Int64?

    /// Where it is, if not in the library of the transaction; it is told under that one's name.
    var library: LibraryName?

    private enum CodingKeys: String, CodingKey {
        case id
        case seriesID = "series_id"
        case path
        case name
        case from
        case fromLibrary = "from_library"
        case sameAs = "same_as"
    }
}

/// JSON as the database keeps it.
enum JSONText {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

extension Database {
    /// Keeps an event, and gives it back with its id.
    func insert(_ event: CatalogEvent) throws -> CatalogEvent {
        try cachedStatement(sql: "INSERT INTO event (at, type, library, job_id, data) VALUES (?, ?, ?, ?, ?)").execute(
            arguments: [event.at.nanoseconds, event.type.rawValue, event.library?.text, event.job, event.data]
        )
        var kept = event
        kept.id = lastInsertedRowID
        return kept
    }
}
