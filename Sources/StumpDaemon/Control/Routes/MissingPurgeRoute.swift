// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryScan
import LibraryStore
import Logging

/// Forgets books that are missing for long, or tells which it would be.
///
/// A library that is named and cannot be judged now refuses the request; where all are meant, it is left out and the
/// answer says why.
struct MissingPurgeRoute {
    let state: DaemonState
    let logger: Logger

    func register(on router: Router<ControlServer.Context>) {
        router.on(.purgeMissing) { request, _ in
            let wish = try await request.object(PurgeMissingRequest.self)
            guard wish.olderThanSeconds >= 0, wish.olderThanSeconds < 1e9 else {
                let value = "\(wish.olderThanSeconds)"
                throw RequestFault.invalid(field: "older_than_seconds", value: value, wanted: "0 to 999999999")
            }
            let named = try wish.library.map { try state.settings(of: $0) }
            var report = PurgeMissingReport(dryRun: wish.dryRun, olderThanSeconds: wish.olderThanSeconds)
            for library in named.map({ [$0] }) ?? state.configuration.libraries {
                do {
                    try await purge(library.name, wish, into: &report)
                } catch let fault as any Fault where named == nil && fault.code == "wrong_state" {
                    report.libraries.append(
                        PurgedLibrary(library: library.name.text, books: 0, series: 0, detail: fault.summary)
                    )
                }
            }
            return try .json(report)
        }
    }

    private func purge(
        _ library: LibraryName,
        _ wish: PurgeMissingRequest,
        into report: inout PurgeMissingReport
    ) async throws {
        let latest = state.now() + .seconds(-wish.olderThanSeconds)
        let purge = MissingPurge(state.jobServices)
        let outcome: MissingPurge.Outcome
        if wish.dryRun {
            outcome = try await purge.preview(library, since: latest)
            report.items += try await state.store.books(outcome.first).map(BookSummary.init)
        } else {
            let (books, continuation) = AsyncStream.makeStream(of: [BookSummary].self)
            outcome = try await purge.run(library, since: latest) { [store = state.store] ids in
                continuation.yield(try await store.books(ids).map(BookSummary.init))
            }
            continuation.finish()
            for await part in books { report.items += part }
            logger.notice(
                "Missing books were forgotten",
                metadata: [
                    "library": "\(library)", "books": "\(outcome.books)", "series": "\(outcome.series)",
                    "event": "missing.purged",
                ]
            )
        }
        report.libraries.append(
            PurgedLibrary(library: library.text, books: outcome.books, series: outcome.series)
        )
    }
}
