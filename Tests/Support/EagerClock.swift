// SPDX-License-Identifier: MIT
import LibraryModel
import Synchronization

/// A clock on which no wait takes time: who sleeps wakes at once, and it is later then.
///
/// For runs in which every timer may go off at any moment, and none may be waited for. Sleeps beyond ``horizon``, which
/// only bound a wait, last until they are cancelled.
package final class EagerClock: SteadyClock {
    package typealias Instant = ContinuousClock.Instant

    /// The longest sleep that ends by itself.
    package static let horizon: Duration = .seconds(3600)

    private let state = Mutex(ContinuousClock.now)

    package init() {}

    package var now: Instant { state.withLock { max($0, .now) } }

    package let minimumResolution = Duration.zero

    package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        try Task.checkCancellation()
        if deadline - now > EagerClock.horizon {
            let (stream, _) = AsyncStream.makeStream(of: Void.self)
            for await _ in stream {}
            throw CancellationError()
        }
        await Task.yield()
        try Task.checkCancellation()
        state.withLock { $0 = max($0, deadline) }
    }
}
