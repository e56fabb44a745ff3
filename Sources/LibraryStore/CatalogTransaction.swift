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
    let instant: Timestamp
    var items: [EventType: [EventItem]] = [:]
    var touchedSeries: Set<Int64> = []
    private var directories: [FilePath: Int64] = [:]
    private var events: [CatalogEvent] = []

    init(_ db: Database, library: LibraryName, job: Int64?, at instant: Timestamp) throws {
        guard let libraryID = try db.libraryID(library) else { throw StoreFault.unknownLibrary(library.text) }
        self.db = db
        self.library = library
        self.libraryID = libraryID
        self.job = job
        self.instant = instant
    }

    /// The row of a directory, made with those above it where there is none.
    ///
    /// `stamp` is what was seen before the directory was listed, which proves it present; `nil` leaves the stored one.
    @discardableResult
    package func directory(at path: FilePath, stamp: DirectoryStamp? = nil) throws -> Int64 {
        let id = try directories[path] ?? db.directory(at: path, of: library) ?? insertDirectory(path)
        directories[path] = id
        if let stamp {
            try run(
                """
                UPDATE directory SET device = ?, inode = ?, modified_ns = ?, changed_ns = ?, missing_since = NULL
                WHERE id = ?
                """,
                Int64(bitPattern: stamp.device),
                Int64(bitPattern: stamp.inode),
                stamp.modified.nanoseconds,
                stamp.changed.nanoseconds,
                id
            )
        }
        return id
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
    package func note(_ progress: JobProgress, _ report: ScanReport) throws {
        guard let job else { return }
        let texts = (try JSONText.encode(progress), try JSONText.encode(report))
        try run("UPDATE job SET progress = ?, report = ? WHERE id = ?", texts.0, texts.1, job)
    }

    func tell(_ type: EventType, _ data: some Encodable) throws {
        let event = CatalogEvent(
            id: nil,
            at: instant,
            type: type,
            library: library,
            job: job,
            data: try JSONText.encode(data)
        )
        events.append(try db.insert(event))
    }

    /// Writes what is derived from the rows, then the events; nothing may be changed afterwards.
    func finish() throws -> [CatalogEvent] {
        try settleSeries()
        for type in EventType.allCases {
            var rest = (items[type] ?? [])[...]
            while !rest.isEmpty {
                try tell(type, ["items": Array(rest.prefix(EventItem.limit))])
                rest = rest.dropFirst(EventItem.limit)
            }
        }
        return events
    }

    func run(_ sql: String, _ arguments: (any DatabaseValueConvertible)?...) throws {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
    }

    private func insertDirectory(_ path: FilePath) throws -> Int64 {
        guard let name = path.names.last else {
            try run("INSERT INTO directory (library_id, name) VALUES (?, x'')", libraryID)
            return db.lastInsertedRowID
        }
        let parent = try directory(at: path.removingLastComponent())
        try run(
            "INSERT INTO directory (library_id, parent_id, name) VALUES (?, ?, ?)",
            libraryID,
            parent,
            Data(name.bytes)
        )
        return db.lastInsertedRowID
    }

    /// A series is missing when none of its books is present, and back with the first that is.
    private func settleSeries() throws {
        defer { touchedSeries = [] }
        for id in touchedSeries.sorted() {
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT missing_since IS NOT NULL, name,
                            EXISTS (SELECT 1 FROM book WHERE series_id = series.id AND book.missing_since IS NULL)
                        FROM series WHERE id = ?
                        """
                ),
                arguments: [id]
            )
            guard let row, row[0] as Bool == row[2] as Bool else { continue }
            let isPresent: Bool = row[2]
            try run(
                "UPDATE series SET missing_since = ?, updated_at = ? WHERE id = ?",
                isPresent ? nil : instant.nanoseconds,
                instant.nanoseconds,
                id
            )
            report[.updatedSeries] += 1
            items[isPresent ? .seriesRestored : .seriesMissing, default: []]
                .append(EventItem(id: id, seriesID: nil, path: nil, name: row[1]))
        }
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

    private enum CodingKeys: String, CodingKey {
        case id
        case seriesID = "series_id"
        case path
        case name
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
