// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore

/// Ends a hold: what was not found is scanned for once more, and what is gone is missing then.
struct MissingRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.acceptMissing) { request, _ in
            let wanted = try await request.object(AcceptMissingRequest.self).library
            var libraries = try await state.store.librariesWithHeldLosses()
            if let wanted {
                let name = try state.settings(of: wanted).name
                libraries = libraries.filter { $0 == name }
            }
            var jobs: [JobSummary] = []
            for library in libraries where state.configuration.libraries.contains(where: { $0.name == library }) {
                let scan = LibraryStore.JobRequest(
                    library: library,
                    options: ScanOptions(acceptLosses: true),
                    trigger: .user
                )
                jobs.append(JobSummary(try await state.store.request(scan).job, now: state.now()))
            }
            return try .json(Page(items: jobs, next: nil), status: jobs.isEmpty ? .ok : .accepted)
        }
    }
}
