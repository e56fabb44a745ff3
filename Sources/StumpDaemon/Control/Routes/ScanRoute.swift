// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore

/// Asks for a scan: 202 with the new job, or 200 with the waiting one that the request joined.
struct ScanRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.scan) { request, context in
            let settings = try state.settings(of: context.parameters.get("name") ?? "")
            let wanted = try await request.object(ScanRequest.self)
            if !wanted.acceptLosses { try state.refuseOffline(settings.name) }
            let scan = LibraryStore.JobRequest(
                library: settings.name,
                scope: try RequestedPaths(wanted.paths, below: settings.root).scope,
                options: try options(wanted),
                trigger: .user
            )
            let (job, joined) = try await state.store.request(scan)
            return try .json(JobSummary(job, now: state.now()), status: joined ? .ok : .accepted)
        }
    }

    private func options(_ wanted: ScanRequest) throws(RequestFault) -> ScanOptions {
        let mode = wanted.mode.map { ScanMode(rawValue: $0) }
        if case .some(nil) = mode {
            throw .invalid(field: "mode", value: wanted.mode ?? "", wanted: "batched or sync")
        }
        return ScanOptions(
            force: wanted.force,
            metadata: wanted.metadata,
            hashes: wanted.hashes,
            thumbnails: wanted.thumbnails,
            mode: mode ?? nil,
            dryRun: wanted.dryRun,
            acceptLosses: wanted.acceptLosses
        )
    }
}
