// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch

/// Has everything that is on disk now dealt with at once.
extension Intake {
    /// Hands on everything that happened before the call, and waits until the queue has dealt with it.
    ///
    /// It skips every time of quiet, and no probe: what is still being written, or was lost unseen, stays pending.
    ///
    /// - Returns: whether that was done within `limit`.
    func flush(within limit: Duration) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.settle()
                return true
            }
            group.addTask { [clock] in
                try await clock.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private func settle() async throws {
        let feed = store.events.listen()
        try await handOn()
        var open: Set<Int64> = []
        for kind in [JobKind.libraryScan, .seriesScan] {
            for state in [JobState.queued, .running] {
                open.formUnion(try await store.jobs(LibraryStore.JobFilter(state: state, kind: kind)).map(\.id))
            }
        }
        if open.isEmpty { return }
        for await case .event(let event) in feed {
            switch event.type {
            case .jobCompleted, .jobFailed, .jobCancelled: event.job.map { _ = open.remove($0) }
            default: continue
            }
            if open.isEmpty { return }
        }
    }

    /// Asks for jobs for everything that happened before the call, settled or not, and for all that is pending.
    func handOn() async throws {
        try await watcher.barrier()
        try await absorb()
        await withTaskGroup(of: Void.self) { group in
            for keeper in keepers.values { group.addTask { await keeper.settle() } }
        }
        try await absorb()
        try await releaseAll(with: await pending.entries.map { ($0.library, $0.directory) })
    }
}
