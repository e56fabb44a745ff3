// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import LibraryStore
import Synchronization
package import SystemPackage

/// Whether the queue stands still because nothing can be written: the disk of the state or of the cache is full, or has
/// become read-only.
///
/// It ends by itself. Only while it lasts somebody looks every few seconds.
package final class QueueStall: Sendable {
    /// How often it is looked whether there is room again.
    static let look: Duration = .seconds(5)

    /// The longest time between two looks: where jobs meet again at once what no look can see, as a user's quota.
    static let longestLook: Duration = .seconds(320)

    private struct State {
        var reason: String?
        var pause = QueueStall.look
        var end: ContinuousClock.Instant?
    }

    private let directories: [FilePath]
    private let state = Mutex(State())
    private let over = Signal()
    private let hurry = Signal()

    /// - Parameter directories: where the daemon writes: state and cache.
    package init(writing directories: [FilePath]) {
        self.directories = directories
    }

    /// Why nothing runs; `nil` while all is well.
    package var reason: String? { state.withLock { $0.reason } }

    /// Says whether that is news.
    func begin(_ reason: String) -> Bool {
        state.withLock { state in
            defer { state.reason = reason }
            return state.reason == nil
        }
    }

    /// Returns when there is no stall, or throws when the task is cancelled.
    func wait() async throws {
        let signal = over.raised()
        if reason == nil { return }
        for await _ in signal { return }
        throw CancellationError()
    }

    /// Has it be looked at once, because somebody believes that it is over.
    package func lookNow() {
        hurry.raise()
    }

    /// Looks every few seconds until everything can be written again.
    func watch(_ store: LibraryStore, _ thumbnails: ThumbnailFiles, _ clock: any SteadyClock) async throws {
        let pause = state.withLock { state in
            let isAgain = state.end.map { clock.now - $0 < QueueStall.longestLook } ?? false
            state.pause = isAgain ? min(state.pause * 2, QueueStall.longestLook) : QueueStall.look
            return state.pause
        }
        while reason != nil {
            let hurried = hurry.raised()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await clock.sleep(for: pause) }
                group.addTask { for await _ in hurried { return } }
                defer { group.cancelAll() }
                try await group.next()
            }
            guard directories.allSatisfy(\.hasRoom), thumbnails.fault == nil, (try? await store.probe()) != nil else {
                continue
            }
            state.withLock { ($0.reason, $0.end) = (nil, clock.now) }
            over.raise()
        }
    }
}

extension FilePath {
    /// Whether a directory can be written, and enough of its disk is free to go on.
    fileprivate var hasRoom: Bool {
        var status = statvfs()
        return withPlatformString { path in
            guard access(path, W_OK) == 0, statvfs(path, &status) == 0 else { return false }
            let unit = UInt64(status.f_frsize)
            return DiskSpaceRule.mayGoOn(free: UInt64(status.f_bavail) * unit, total: UInt64(status.f_blocks) * unit)
        }
    }
}
