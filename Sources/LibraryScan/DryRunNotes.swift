// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// What a dry run tells in its job's log: the first hundred of each sort, in order, and how many more there are.
struct DryRunNotes: Sendable {
    private var lines: [(message: String, path: FilePath)] = []
    private var counts: [String: Int] = [:]

    mutating func add(_ message: String, _ path: FilePath) {
        counts[message, default: 0] += 1
        if counts[message, default: 0] <= CatalogTransaction.logLimit { lines.append((message, path)) }
    }

    func write(for job: LibraryJob, _ store: LibraryStore) async throws {
        try await store.commit(for: job.library, job: job.id) { catalog in
            for line in lines { try catalog.log("info", line.message, path: line.path) }
            for (message, count) in counts.sorted(by: { $0.key < $1.key }) where count > CatalogTransaction.logLimit {
                try catalog.log("info", "\(message): \(count - CatalogTransaction.logLimit) more")
            }
        }
    }
}
