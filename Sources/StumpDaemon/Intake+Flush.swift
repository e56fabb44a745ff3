// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import ServiceLifecycle

/// Has everything that is on disk now dealt with at once.
extension Intake {
    /// Hands on everything that happened before the call, and waits until the queue has dealt with it.
    ///
    /// It skips every time of quiet, and no probe: what is still being written, or was lost unseen, stays pending.
    ///
    /// - Returns: whether that was done within `limit`; not where scans are paused, or cannot be queued.
    func flush(within limit: Duration) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.settle()
                // What is pending may be in a file that a book had.
                if await self.pending.entries.isEmpty { try await self.store.forgetFormerFiles() }
                guard try await self.store.openScans().held.isEmpty else { return false }
                return await !self.isRefused
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

    /// Returns when none of the scans that wait or run now does any more, but for those that somebody holds up.
    private func scansAreDone() async throws {
        let changes = store.queueSignal.raised().cancelOnGracefulShutdown()
        let open = try await store.openScans().moving
        if open.isEmpty { return }
        // Asked anew after every change: a scan may end, or be paused.
        for await _ in changes where try await store.openScans().moving.isDisjoint(with: open) { return }
        throw WatchFault.stopped
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
