// SPDX-License-Identifier: MIT
import Synchronization

/// Notices disks that do not answer: calls that have not returned after a while.
///
/// It costs nothing while nobody reads a disk. The first call after a rest asks the reader's thread to look again when
/// the call would have taken too long.
final class Watchdog: Sendable {
    private struct State {
        var lanes: [Lane] = []
        var deadline: ContinuousClock.Instant?
        var onUse: @Sendable () -> Void = {}
        var onReturn: @Sendable () -> Void = {}
    }

    private let limit: Duration
    private let state = Mutex(State())

    init(limit: Duration) {
        self.limit = limit
    }

    /// When the lanes are to be looked at; `nil` while all rest.
    var deadline: ContinuousClock.Instant? { state.withLock { $0.deadline } }

    /// Says whom to wake for a new deadline, and whom when a disk answers again.
    func attach(onUse: @escaping @Sendable () -> Void, onReturn: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.onUse = onUse
            state.onReturn = onReturn
        }
    }

    /// Makes a lane and looks after it.
    func lane(_ label: String) -> Lane {
        let lane = Lane(label) { [weak self] isBack in
            if isBack {
                self?.state.withLock { $0.onReturn }()
            } else {
                self?.arm()
            }
        }
        state.withLock { $0.lanes.append(lane) }
        return lane
    }

    /// Lets go who waits for a disk that does not answer; says whether there is such a disk.
    func look(at now: ContinuousClock.Instant) -> Bool {
        let lanes = state.withLock { state in
            state.deadline = nil
            return state.lanes
        }
        let silent = lanes.filter { $0.giveUp(ifBusySince: now - limit) }
        if let oldest = lanes.filter({ !$0.isSilent }).compactMap(\.busySince).min() {
            state.withLock { $0.deadline = oldest + limit }
        }
        return !silent.isEmpty
    }

    private func arm() {
        let onUse: (@Sendable () -> Void)? = state.withLock { state in
            guard state.deadline == nil else { return nil }
            state.deadline = .now + limit
            return state.onUse
        }
        onUse?()
    }
}
