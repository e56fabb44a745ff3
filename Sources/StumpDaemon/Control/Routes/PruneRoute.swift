// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryStore

/// Forgets finished jobs that are older than the request, or the configuration, says.
struct PruneRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.pruneJobs) { request, _ in
            let seconds = try await request.object(PruneRequest.self).olderThanSeconds
            if let seconds, !(seconds >= 0 && seconds < 1e9) {
                throw RequestFault.invalid(field: "older_than_seconds", value: "\(seconds)", wanted: "0 to 999999999")
            }
            let age = seconds.map { Duration.seconds($0) } ?? state.configuration.history
            return try .json(PruneReport(deleted: try await state.store.prune(olderThan: age)))
        }
    }
}
