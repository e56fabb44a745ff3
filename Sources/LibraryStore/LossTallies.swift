// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

/// How much of what it had each part of a library is about to lose.
package struct LossTallies: Sendable, Equatable {
    /// How many books, each counted once.
    package var lost = 0

    /// Of the volumes that lose a book, by the path where each begins.
    package var volumes: [FilePath: LossRule.Tally] = [:]

    /// Of the direct children of the root that lose a book, by their paths.
    package var topDirectories: [FilePath: LossRule.Tally] = [:]
}

extension LibraryStore {
    /// How far the present books of a place are counted in any case.
    static let tallyFloor = 1000

    /// Counts what losses come to, before they are applied.
    ///
    /// `books` are lost by themselves, `directories` with all below them. A volume begins at each of the paths
    /// `volumes`; a book belongs to that of the longest path that leads to it. `present` are the books that a place had
    /// with the lost ones, and but for what was added since `instant`, so that a flood of new books hides no loss.
    ///
    /// It costs as much as the loss is large: the present books of a place are counted up to ten times the lost ones
    /// and ``tallyFloor`` at least. What is beyond is left out, and changes nothing for any share above a tenth.
    package func lossTallies(
        of library: LibraryName,
        books: [Int64],
        directories: [Int64],
        volumes: [FilePath],
        before instant: Timestamp? = nil
    ) async throws -> LossTallies {
        try await pool.read { db in
            let beginnings = try volumes.compactMap { path in
                try db.directory(at: path, of: library).map { (id: $0, path: path) }
            }
            var places = LossPlaces(db, volumes: Set(beginnings.map(\.id)), gone: Set(directories))
            let losses = try places.losses(below: directories, and: books)
            var tallies = LossTallies()
            var byVolume: [Int64: Int] = [:]
            var byTop: [Int64: Int] = [:]
            for (place, count) in losses {
                tallies.lost += count
                byVolume[place.volume, default: 0] += count
                if let top = place.top { byTop[top, default: 0] += count }
            }
            let tally = { (directory: Int64, lost: Int, excluded: [Int64]) in
                let limit = max(LibraryStore.tallyFloor, lost * 10)
                let present = try db.presentBooks(inside: directory, excluding: excluded, before: instant, upTo: limit)
                return LossRule.Tally(present: max(present, lost), lost: lost)
            }
            for (volume, lost) in byVolume {
                let path = try db.path(ofDirectory: volume)
                tallies.volumes[path] = try tally(volume, lost, beginnings.map(\.id))
            }
            for (top, lost) in byTop {
                tallies.topDirectories[try db.path(ofDirectory: top)] = try tally(top, lost, [])
            }
            return tallies
        }
    }
}

/// Finds out to which volume and to which top directory the books of a directory belong.
struct LossPlaces {
    struct Place: Hashable {
        /// The row of the directory where the volume begins.
        var volume: Int64

        /// The row of the root's child; `nil` for the root itself.
        var top: Int64?

        /// Whether it is one of the lost directories, or below one.
        var isGone: Bool
    }

    private let db: Database
    private let volumes: Set<Int64>
    private let gone: Set<Int64>
    private var places: [Int64: Place] = [:]

    init(_ db: Database, volumes: Set<Int64>, gone: Set<Int64> = []) {
        self.db = db
        self.volumes = volumes
        self.gone = gone
    }

    /// Each directory is looked up once, whatever lies below it.
    mutating func place(of directory: Int64) throws -> Place {
        if let place = places[directory] { return place }
        let statement = try db.cachedStatement(sql: "SELECT parent_id FROM directory WHERE id = ?")
        var place: Place
        if let parent = try Int64.fetchOne(statement, arguments: [directory]) {
            place = try self.place(of: parent)
            place.top = place.top ?? directory
            if volumes.contains(directory) { place.volume = directory }
        } else {
            place = Place(volume: directory, top: nil, isGone: false)
        }
        place.isGone = place.isGone || gone.contains(directory)
        places[directory] = place
        return place
    }

    /// How many present books of each place are lost.
    mutating func losses(below directories: [Int64], and books: [Int64]) throws -> [Place: Int] {
        var losses = try losses(below: directories)
        let sql = """
            SELECT directory_id, count(*) FROM book
            WHERE id IN (SELECT value FROM json_each(?)) AND missing_since IS NULL GROUP BY directory_id
            """
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: [try JSONText.encode(books)])
        while let row = try rows.next() {
            let place = try place(of: row[0])
            // Otherwise it is among those that go with their directory.
            if !place.isGone { losses[place, default: 0] += row[1] as Int }
        }
        return losses
    }

    private mutating func losses(below directories: [Int64]) throws -> [Place: Int] {
        let seeds = try Set(directories).map { directory in
            let place = try place(of: directory)
            return [directory, place.volume, place.top]
        }
        let sql = """
            WITH RECURSIVE gone (id, volume, top) AS (
                SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
                FROM json_each(:seeds)
                UNION
                SELECT directory.id,
                    iif(directory.id IN (SELECT value FROM json_each(:volumes)), directory.id, gone.volume),
                    coalesce(gone.top, directory.id)
                FROM directory JOIN gone ON directory.parent_id = gone.id
            )
            SELECT volume, top, count(*) FROM gone CROSS JOIN book ON book.directory_id = gone.id
            WHERE missing_since IS NULL GROUP BY volume, top
            """
        let arguments: StatementArguments = [
            "seeds": try JSONText.encode(seeds), "volumes": try JSONText.encode(Array(volumes)),
        ]
        return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).reduce(into: [:]) { losses, row in
            losses[Place(volume: row[0], top: row[1], isGone: true), default: 0] += row[2] as Int
        }
    }
}
