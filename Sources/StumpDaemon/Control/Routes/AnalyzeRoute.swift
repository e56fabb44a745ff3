// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore

/// Asks for a check of every page: 202 with the new job, or 200 with the waiting one that the request joined.
struct AnalyzeRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.analyze) { request, context in
            let settings = try state.settings(of: context.parameters.get("name") ?? "")
            let paths = try await request.object(AnalyzeRequest.self).paths
            try state.refuseOffline(settings.name)
            let analysis = LibraryStore.JobRequest.analysis(
                of: settings.name,
                try RequestedPaths(paths, below: settings.root).scope,
                trigger: .user
            )
            let (job, joined) = try await state.store.request(analysis)
            return try .json(JobSummary(job, now: state.now()), status: joined ? .ok : .accepted)
        }
    }
}
