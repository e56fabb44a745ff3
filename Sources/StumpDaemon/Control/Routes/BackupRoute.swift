// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore

/// Asks for a copy of the database: 202 with the new job, or 200 with the waiting one that the request joined.
struct BackupRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.backup) { _, _ in
            let (job, joined) = try await state.store.request(.backup(trigger: .user))
            return try .json(JobSummary(job, now: state.now()), status: joined ? .ok : .accepted)
        }
    }
}
