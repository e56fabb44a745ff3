// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A scan tells its books one by one or in arrays, and the catalog is the same")
struct TellingTests {
    /// Adds, changes, loses and finds books again; gives the events of it and the rows that are there at the end.
    private func run(_ mode: ScanMode) async throws -> (events: [CatalogEvent], rows: [String]) {
        let bench = try await StoreBench()
        let job = try await bench.start(.library, ScanOptions(mode: mode)).id
        let count = try await bench.events().count
        let records = (0..<5).map { bench.record(FilePath("S\($0 % 2)/\($0).cbz"), content: UInt8($0)) }
        let changed = bench.record("S0/0.cbz", title: "B", findings: [Finding(.metadataInvalid, "no year")])
        let commit = { (changes: @escaping @Sendable (CatalogTransaction) throws -> Void) in
            try await bench.store.commit(for: bench.comics, job: job, telling: mode, changes)
        }
        try await commit { catalog in for record in records { try catalog.record(record) } }
        let ids = try await bench.books().map(\.id)
        try await commit { catalog in
            try catalog.record(changed)
            try catalog.markMissing([ids[1], ids[3]])
        }
        try await commit { try $0.restore([ids[1], ids[3]]) }
        let rows = try await bench.store.pool.read { db in
            try ["book", "series", "directory", "metadata", "problem", "job_log"].flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { row in
                    let columns = row.filter { name, _ in
                        !name.hasSuffix("_at") && name != "at" && !name.hasSuffix("_seen")
                    }
                    return table + columns.map { " \($0)=\($1)" }.joined()
                }
            }
        }
        return (Array(try await bench.events().dropFirst(count)), rows)
    }

    @Test func `as many are told, and the same rows written`() async throws {
        let (batched, rows) = try await run(.batched)
        let (sync, sameRows) = try await run(.sync)
        #expect(rows == sameRows && rows.count > 15)
        let types = batched.map(\.type)
        #expect(
            types.filter { $0.rawValue.hasPrefix("book.") } == [
                .bookAdded, .bookUpdated, .bookMissing, .bookRestored,
            ]
        )
        #expect(sync.count { $0.type == .bookAdded } == 5)
        #expect(sync.count { $0.type == .bookMissing } == 2)
        #expect(sync.count { $0.type == .seriesAdded } == 2)
        // What is no book or series is told alike.
        for type in [EventType.problemOpened, .problemResolved] {
            #expect(sync.filter { $0.type == type }.map(\.data) == batched.filter { $0.type == type }.map(\.data))
        }
    }

    @Test func `one alone is an object, several are its items`() async throws {
        let (batched, _) = try await run(.batched)
        let (sync, _) = try await run(.sync)
        let added = sync.filter { $0.type == .bookAdded }.map(\.data)
        #expect(added.first == #"{"id":1,"path":"S0/0.cbz","series_id":1}"#)
        #expect(batched.first { $0.type == .bookAdded }?.data == #"{"items":["# + added.joined(separator: ",") + "]}")
    }
}
