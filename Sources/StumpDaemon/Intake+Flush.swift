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
    /// - Returns: whether that was done within `limit`; not where scans are paused, or wait after an error.
    func flush(within limit: Duration) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.settle()
                return try await self.store.openScans().held.isEmpty
            }
            group.addTask { [clock] in
                try await clock.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    /// The most times that what scans themselves turned up is scanned for; while a library is busy there is no end.
    private static let rounds = 8

    private func settle() async throws {
        try await handOn()
        for _ in 0..<Intake.rounds {
            try await scansAreDone()
            // A listing may have shown another directory than was known, below which all is to be listed then.
            await absorb()
            await absorbed()
            if !hasGathered, try await store.openScans().moving.isEmpty { return }
            await releaseAll(with: [])
        }
    }

    /// Returns when no scan waits or runs but those that somebody holds up.
    private func scansAreDone() async throws {
        while true {
            let feed = store.events.listen()
            var open = try await store.openScans().moving
            if open.isEmpty { return }
            var isReset = false
            for await item in feed {
                // Events were left out, so what is open is to be asked anew.
                guard case .event(let event) = item else {
                    isReset = true
                    break
                }
                switch event.type {
                case .jobCompleted, .jobFailed, .jobCancelled, .jobPaused: event.job.map { _ = open.remove($0) }
                default: continue
                }
                if open.isEmpty { return }
            }
            if !isReset { throw WatchFault.stopped }
        }
    }

    /// Asks for jobs for everything that happened before the call, settled or not, and for all that is pending.
    func handOn() async throws {
        try await watcher.barrier()
        await absorb()
        await absorbed()
        await withTaskGroup(of: Void.self) { group in
            for keeper in keepers.values { group.addTask { await keeper.settle() } }
        }
        await absorb()
        await absorbed()
        await releaseAll(with: await pending.entries.map { ($0.library, $0.directory) })
    }
}
