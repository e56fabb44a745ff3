// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

/// What is true after a scan, whatever happened before it.
extension ScanBench {
    /// A library of some directories with three books each, but for one named `A`, which has fifty; already scanned.
    static func holding(_ directories: [String]) async throws -> ScanBench {
        let bench = try await ScanBench()
        for directory in directories { try bench.writeBooks(directory == "A" ? 50 : 3, in: directory) }
        try await bench.scan()
        return bench
    }

    /// The ids of all books by their paths.
    func ids() async throws -> [String: Int64] { try await books().mapValues(\.id) }

    /// Whether the catalog says that there is nothing to do in a directory.
    func isSettled(_ directory: FilePath) async throws -> Bool {
        try await store.known(directory, of: library, version: 0).stamp != nil
    }

    /// The present directories of the catalog by their paths.
    func tree() async throws -> [FilePath: StoredDirectory] {
        let rows = Mutex<[StoredDirectory]>([])
        try await store.tree(of: library) { row in rows.withLock { $0.append(row) } }
        var paths: [Int64: FilePath] = [:]
        return rows.withLock { $0 }.reduce(into: [:]) { tree, row in
            let path = row.parent.flatMap { paths[$0] }?.appending(row.name) ?? FilePath()
            paths[row.id] = path
            tree[path] = row
        }
    }

    /// Expects that the catalog is what the disk is, with nothing missing, unsettled or waiting.
    func expectTruth(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for (path, directory) in try await tree() {
            let listing = try? await files.list(path, of: library)
            #expect(directory.stamp == listing?.stamp, "\(path)", sourceLocation: sourceLocation)
        }
        let states = try await books().values.map(\.state)
        #expect(!states.contains(.missing), sourceLocation: sourceLocation)
        let waiting = await services.losses.entries
        #expect(waiting.isEmpty, sourceLocation: sourceLocation)
        let rows = try await catalogRows()
        let changes = try await scan().report?.changes
        #expect(changes == [:], sourceLocation: sourceLocation)
        let later = try await catalogRows()
        #expect(later == rows, sourceLocation: sourceLocation)
        try await expectCounts(sourceLocation: sourceLocation)
    }

    /// Expects that what was counted as rows came and went is what there is.
    private func expectCounts(sourceLocation: SourceLocation) async throws {
        let (kept, counted) = try await store.pool.read { db in
            (
                try Row.fetchAll(db, sql: "SELECT * FROM library_count ORDER BY library_id").map(\.description),
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT library.id AS library_id, count(book.id) AS books, count(missing_since) AS gone,
                            coalesce(sum(is_ignored), 0) AS ignored,
                            coalesce(sum(size) FILTER (WHERE missing_since IS NULL), 0) AS size,
                            (SELECT count(*) FROM series WHERE library_id = library.id) AS series
                        FROM library LEFT JOIN book ON library_id = library.id GROUP BY library.id ORDER BY library.id
                        """
                ).map(\.description)
            )
        }
        #expect(kept == counted, sourceLocation: sourceLocation)
    }
}
