// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

extension LibraryStore {
    /// Some present books of one volume, spread over it, whose files tell by their sizes whether it is still the one.
    ///
    /// The volume begins at `path`; the `others` begin below it and are left out, as are the `books` that are believed
    /// to be lost. In a library where most books qualify, no more than a few hundred rows are read.
    package func canaries(
        of library: LibraryName,
        below path: FilePath,
        excluding others: [FilePath],
        without books: Set<Int64>,
        count: Int
    ) async throws -> [(path: FilePath, size: Int64)] {
        try await pool.read { db in
            guard let directory = try db.directory(at: path, of: library) else { return [] }
            let excluded = try others.compactMap { try db.directory(at: $0, of: library) }
            var sampler = CanarySampler(db, directory: directory, excluding: excluded, without: books, count: count)
            return try sampler.sample().compactMap { try db.canary($0) }
        }
    }
}

/// Chooses canaries.
private struct CanarySampler {
    /// How many rows are looked at from one id on.
    private static let patience = 64

    private let db: Database
    private let directory: Int64
    private let excluded: [Int64]
    private let books: Set<Int64>
    private let count: Int
    private var places: LossPlaces

    init(_ db: Database, directory: Int64, excluding: [Int64], without books: Set<Int64>, count: Int) {
        self.db = db
        self.directory = directory
        self.excluded = excluding.filter { $0 != directory }
        self.books = books
        self.count = count
        places = LossPlaces(db, volumes: Set(excluding + [directory]))
    }

    /// The ids of at most `count` books, in order.
    mutating func sample() throws -> [Int64] {
        guard count > 0 else { return [] }
        let probes = try probe()
        // Where the volume is a small part of the library, or mostly lost, ids at random seldom meet it.
        return probes.count == count ? probes.sorted() : try walk()
    }

    /// Looks from evenly spaced ids on for the next book that qualifies.
    private mutating func probe() throws -> Set<Int64> {
        let sql = "SELECT id, directory_id FROM book WHERE library_id = :library AND missing_since IS NULL "
        let library = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT library_id FROM directory WHERE id = ?"),
            arguments: [directory]
        )
        let first = try db.cachedStatement(sql: sql + "ORDER BY id LIMIT 1")
        let last = try db.cachedStatement(sql: sql + "ORDER BY id DESC LIMIT 1")
        guard let least = try Int64.fetchOne(first, arguments: ["library": library]),
            let greatest = try Int64.fetchOne(last, arguments: ["library": library])
        else { return [] }
        let next = try db.cachedStatement(sql: sql + "AND id >= :id ORDER BY id LIMIT :patience")
        var found: Set<Int64> = []
        for step in 0..<count {
            let id = least + Int64(Double(greatest - least) * Double(step) / Double(count))
            let rows = try Row.fetchCursor(
                next,
                arguments: ["library": library, "id": id, "patience": CanarySampler.patience]
            )
            while let row = try rows.next() {
                let book: Int64 = row[0]
                guard !books.contains(book), !found.contains(book) else { continue }
                guard try places.place(of: row[1]).volume == directory else { continue }
                found.insert(book)
                break
            }
        }
        return found
    }

    /// Goes through all books of the volume, once to count and once to choose.
    private func walk() throws -> [Int64] {
        var total = 0
        try eachBook { _ in total += 1 }
        var index = 0
        var chosen: [Int64] = []
        try eachBook { book in
            if chosen.count < count, index == chosen.count * max(total, count) / count { chosen.append(book) }
            index += 1
        }
        return chosen.sorted()
    }

    private func eachBook(_ body: (Int64) -> Void) throws {
        let sql =
            Database.inside + """
                SELECT book.id FROM inside CROSS JOIN book ON directory_id = inside.id WHERE missing_since IS NULL
                """
        let arguments: StatementArguments = ["directory": directory, "excluded": try JSONText.encode(excluded)]
        let found = try Int64.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        while let book = try found.next() {
            if !books.contains(book) { body(book) }
        }
    }
}

extension Database {
    fileprivate func canary(_ book: Int64) throws -> (path: FilePath, size: Int64)? {
        let statement = try cachedStatement(sql: "SELECT directory_id, name, size FROM book WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [book]).map { row in
            let name = FileName(bytes: [UInt8](row[1] as Data))
            return (try path(ofDirectory: row[0]).appending(name), row[2])
        }
    }
}
