// SPDX-License-Identifier: MIT
import LibraryModel
import Synchronization
import SystemPackage

/// The reader's thread: it blocks in `poll`, marks what is dirty, and starts what is due.
extension LibraryWatcher {
    func readEvents() {
        withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 8) { buffer in
            while true {
                let ready = inotify.wait(mounts: mounts.descriptor, wake: wake.descriptor, until: deadline)
                wakeUps.add(1, ordering: .relaxed)
                if ready.contains(.wake), wake.take() { return }
                if ready.contains(.mounts) { noteMounts() }
                // A part at a time: what is due and the end are not to wait for a queue that fills as fast as it is read.
                if ready.contains(.events), let events = inotify.read(into: buffer) { absorb(events) }
                doWhatIsDue(at: .now)
                pulse.answer()
            }
        }
    }

    /// When the thread has something to do though nothing happens; `nil` while it has nothing.
    private var deadline: ContinuousClock.Instant? {
        [state.withLock { $0.deadline }, sweeps.withLock { $0.deadline }, watchdog.deadline]
            .compactMap { $0 }.min()
    }

    private func absorb(_ events: [KernelEvent]) {
        let hasCookie = events.contains { cookies.isOwner(of: $0.watch) }
        state.withLock { state in
            for event in events where !cookies.isOwner(of: event.watch) { end(state.absorb(event, at: .now)) }
            // Both halves of every rename before a cookie have been read by now.
            if hasCookie { end(state.expireLimbo(at: nil)) }
        }
        announce()
        if events.contains(where: \.isOverflow) { cookies.repeatAll() }
        cookies.receive(events.filter { cookies.isOwner(of: $0.watch) }.compactMap(\.name))
    }

    private func doWhatIsDue(at now: ContinuousClock.Instant) {
        state.withLock { state in
            if let deadline = state.deadline, deadline <= now { end(state.expireLimbo(at: now)) }
        }
        if let deadline = watchdog.deadline, deadline <= now, watchdog.look(at: now) { doubt(watchedNumbers) }
        sweep(at: now)
    }

    /// Doubts the libraries whose own mounts are not what they were; what is mounted elsewhere is nobody's business.
    private func noteMounts() {
        let after = MountFile.read()
        let before = mountTable.withLock { table in
            defer { table = after }
            return table
        }
        doubt(
            watched.filter { place in
                [place.root, place.realRoot].contains { isOther(at: $0, before, after) }
                    || place.volumes.contains { before.mount($0.mount) != after.mount($0.mount) }
            }.compactMap(\.number)
        )
    }

    private func isOther(at root: FilePath, _ before: MountTable, _ after: MountTable) -> Bool {
        before.mount(of: root) != after.mount(of: root) || before.mounts(below: root) != after.mounts(below: root)
    }
}

extension MountTable {
    fileprivate func mount(_ id: Int) -> Mount? { mounts.first { $0.id == id } }
}
