// SPDX-License-Identifier: MIT
package import LibraryModel
import LibraryStore
import SystemPackage

/// Forgets books that are missing for a long time: the only way in which a book of a configured library leaves the
/// catalog.
///
/// It asks more of a book than that it is said to be missing. The library has to be online with all its volumes, nothing
/// may wait to be looked at or scanned in it, and where the book was there must still be nothing: what came back while
/// nobody looked would else come in as a new book, with a new id.
package struct MissingPurge: Sendable {
    /// What was forgotten, or would be.
    package struct Outcome: Sendable, Equatable {
        package var books = 0
        package var series = 0

        /// The first of the books, at most ``MissingPurge/shown``.
        package var first: [Int64] = []

        package init() {}
    }

    /// How many books an outcome names.
    package static let shown = 100

    private let services: JobServices

    package init(_ services: JobServices) {
        self.services = services
    }

    /// Forgets what is missing since `latest` or longer, in parts; where it is stopped, those before are forgotten.
    ///
    /// The rows go on behalf of `job`; `onBooks` is called with the first ``shown`` of the books before they go.
    ///
    /// - Throws: ``PurgeFault``, ``StoreFault/scanOpen(_:job:state:)``, ``StoreFault/unknownLibrary(_:)``,
    ///   `CancellationError`, and what the database throws.
    package func run(
        _ library: LibraryName,
        since latest: Timestamp,
        job: Int64? = nil,
        onBooks: @Sendable ([Int64]) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        var outcome = Outcome()
        try await eachPart(of: library, since: latest) { books, _ in
            if books.isEmpty { return }
            let first = Array(books.prefix(MissingPurge.shown - outcome.first.count))
            if !first.isEmpty { try await onBooks(first) }
            outcome.first += first
            outcome.books += try await services.store.commit(for: library, job: job) {
                try $0.purge(missing: books, since: latest)
            }
        }
        var hasMore = true
        while hasMore {
            try Task.checkCancellation()
            let part = try await services.store.commit(for: library, job: job) {
                try $0.purgeEmptyPlaces(since: latest)
            }
            outcome.series += part.series
            hasMore = part.hasMore
        }
        return outcome
    }

    /// What ``run(_:since:job:onBooks:)`` would forget now.
    package func preview(_ library: LibraryName, since latest: Timestamp) async throws -> Outcome {
        var outcome = Outcome()
        var kept: Set<Int64> = []
        try await eachPart(of: library, since: latest) { books, there in
            outcome.books += books.count
            outcome.first += books.prefix(MissingPurge.shown - outcome.first.count)
            kept.formUnion(there)
        }
        outcome.series = try await services.store.seriesLeftEmpty(in: library, since: latest, keeping: kept)
        return outcome
    }

    /// Gives the books that are missing for long enough, part by part, and those whose files are there after all.
    private func eachPart(
        of library: LibraryName,
        since latest: Timestamp,
        _ body: (_ books: [Int64], _ there: [Int64]) async throws -> Void
    ) async throws {
        var last: Int64 = 0
        repeat {
            try Task.checkCancellation()
            // Before each, for a disk may go meanwhile.
            try await admit(library)
            let part = try await services.store.missingBooks(
                of: library,
                since: latest,
                after: last,
                limit: CatalogTransaction.purgeLimit
            )
            guard let end = part.last else { return }
            last = end.id
            let gone = await gone(part, from: library)
            try await body(gone, part.map(\.id).filter { !gone.contains($0) })
        } while true
    }

    /// - Throws: ``PurgeFault``.
    private func admit(_ library: LibraryName) async throws {
        guard services.files.isConfigured(library) else { throw StoreFault.unknownLibrary(library.text) }
        switch try await services.libraryGuard.check(library) {
        case .online: break
        case .suspect(let reason), .offline(let reason): throw PurgeFault.notOnline(library, reason)
        }
        if let reason = await services.unseenChanges(library) { throw PurgeFault.notInStep(library, reason) }
    }

    /// Those of some books at whose places nothing is.
    private func gone(_ books: [MissingBook], from library: LibraryName) async -> [Int64] {
        let placed = books.filter { $0.place != nil }
        let presences = await services.files.presence(of: placed.compactMap(\.place), in: library)
        let there = zip(placed, presences).filter { $0.1 != .absent }.map(\.0.id)
        return books.map(\.id).filter { !there.contains($0) }
    }
}

/// Why no missing book of a library can be forgotten now.
package enum PurgeFault: Fault, Equatable {
    /// What is gone may be on a disk that is not there.
    case notOnline(LibraryName, String)

    /// What is gone may be back, and nobody has looked yet.
    case notInStep(LibraryName, String)

    package var code: String { "wrong_state" }

    package var summary: String {
        switch self {
        case .notOnline(let library, let reason):
            "nothing of \(library) is forgotten, for not all of it can be seen: \(reason)"
        case .notInStep(let library, let reason):
            "nothing of \(library) is forgotten before all of it was looked at: \(reason)"
        }
    }

    package var remedy: String? {
        switch self {
        case .notOnline(let library, _): "`stumpctl libraries show \(library)` tells what is wrong with it."
        case .notInStep: "`stumpctl flush` waits for that; then ask again."
        }
    }
}
