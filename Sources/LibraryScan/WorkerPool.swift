// SPDX-License-Identifier: MIT
import Dispatch
import Glibc
import LibraryModel
package import Logging
import Synchronization
package import SystemPackage

/// A few long-lived workers, each with a thread of its own here, which opens no file.
///
/// A thread has a worker of either profile once there was work for it, and only one of them is busy at a time. Which is
/// the right one for a book its first bytes tell, and those only a worker reads: one that is given a book of the other
/// kind says so, and the book gets in line again.
///
/// Workers are started by the first work that comes and wait without cost when there is none. When one dies, the book
/// it had in hand is tried once more, alone on a fresh worker, for an earlier book may have spoiled the first one's
/// memory; a second death, or taking too long, costs the book. The rest of the packet goes to a successor.
package final class WorkerPool: Sendable {
    private struct State {
        var queue = WorkerQueue()

        /// The slots of the threads that there are.
        var threads: Set<Int> = []
        var isStopped = false
        var figures: Figures

        /// What each thread's worker is reading right now.
        var inHand: [Int: (pid: Int32, work: Work)] = [:]

        /// How many workers are at an analysis.
        var analyses = 0

        /// Takes slots for more threads, as far as there is work for them and room.
        mutating func addThreads(for count: Int) -> [Int] {
            let free = (0..<figures.size).filter { !threads.contains($0) }.prefix(count)
            threads.formUnion(free)
            return Array(free)
        }
    }

    /// Requests after which a worker is renewed, so that what a library leaks stays small.
    private static let renewal = 20_000

    private let program: FilePath
    private let limit: Duration
    private let inFlight: BooksInFlight?
    private let logger: Logger
    private let state: Mutex<State>
    private let work = DispatchSemaphore(value: 0)
    private let threads = DispatchGroup()

    /// - Parameters:
    ///   - size: how many workers, at least 1.
    ///   - program: the path of `stump-worker`.
    ///   - limit: how long one book may take, of what reads all of a file 32 MiB; a worker over time is killed.
    ///   - inFlight: is told which books are in hand; of at least `size` slots.
    ///   - logger: is told of workers that fail.
    package init(
        size: Int,
        program: FilePath,
        limit: Duration = .seconds(60),
        inFlight: BooksInFlight? = nil,
        logger: Logger
    ) {
        precondition(size > 0, "a pool of \(size) workers can do nothing")
        self.program = program
        self.limit = limit
        self.inFlight = inFlight
        self.logger = logger
        state = Mutex(State(figures: Figures(size: size)))
    }

    package var figures: Figures { state.withLock { $0.figures } }

    /// Takes work; facts go before thumbnails, and those before analyses, which leave one of several workers free.
    package func submit(_ batch: [Work]) {
        let newThreads: [Int]? = state.withLock { state in
            if state.isStopped { return nil }
            for item in batch { state.queue.append(item) }
            return state.addThreads(for: batch.count)
        }
        guard let newThreads else {
            for item in batch { item.completion(.changed) }
            return
        }
        start(newThreads)
        for _ in batch { work.signal() }
    }

    private func start(_ slots: [Int]) {
        for slot in slots {
            DispatchQueue(label: "stump.worker").async(group: threads) { self.serve(in: slot) }
        }
    }

    /// Has another number of workers from now on, at least 1; those that are too many end with what they have in hand.
    package func resize(to size: Int) {
        precondition(size > 0, "a pool of \(size) workers can do nothing")
        let newThreads = state.withLock { state in
            state.figures.size = size
            return state.isStopped ? [] : state.addThreads(for: state.queue.count)
        }
        start(newThreads)
        // Whoever is one too many looks up, and so does whoever had to leave an analysis.
        for _ in 0..<state.withLock({ $0.threads.count }) { work.signal() }
    }

    /// Lets go at once of the waiting work that is not wanted any more; otherwise that happens when its turn comes.
    ///
    /// What a worker has in hand is let go, too, where it may take long, or `abruptly` in any case: it costs the worker.
    package func withdrawUnwanted(abruptly: Bool = false) {
        let waiting = state.withLock { state in
            for (pid, item) in state.inHand.values where abruptly || item.task.readsWholeFile {
                if !item.isWanted() { _ = kill(pid, SIGKILL) }
            }
            return state.queue.takeAll()
        }
        let wanted = keepWanted(waiting)
        let isStopped = state.withLock { state in
            if !state.isStopped { state.queue.putBack(wanted) }
            return state.isStopped
        }
        for item in wanted where isStopped { item.completion(.changed) }
        // A thread that woke meanwhile found nothing.
        for _ in wanted { work.signal() }
    }

    /// Ends the workers and waits for them; work that was not done counts as not read.
    package func stop() {
        let count = state.withLock { state in
            state.isStopped = true
            for pid in state.figures.processes { _ = kill(pid, SIGKILL) }
            return state.threads.count
        }
        for _ in 0..<count { work.signal() }
        threads.wait()
        for item in state.withLock({ $0.queue.takeAll() }) { item.completion(.changed) }
    }

    /// The life of one thread: take work, have it done, until the pool is stopped.
    private func serve(in slot: Int) {
        var workers = WorkerPair()
        while let batch = take(in: slot) {
            let profile = batch[0].profile
            if workers.served(profile) >= WorkerPool.renewal { dismiss(workers.retire(profile)) }
            workers.put(perform(batch, with: workers.take(profile), slot), profile, served: batch.count)
            inFlight?.note(nil, in: slot)
            state.withLock { $0.figures.busy -= 1 }
            noteEnd(of: batch)
        }
        for profile in WorkerProfile.allCases { dismiss(workers.take(profile)) }
    }

    private func dismiss(_ worker: consuming WorkerProcess?) {
        guard let worker else { return }
        forget(worker.pid)
        worker.end()
    }

    /// Waits for work and takes a fair share of it; `nil` when the pool is stopped, or smaller than it was.
    private func take(in slot: Int) -> [Work]? {
        while true {
            work.wait()
            let share: [Work]? = state.withLock { state in
                if state.isStopped { return nil }
                guard slot < state.figures.size else {
                    state.threads.remove(slot)
                    return nil
                }
                let share = state.queue.takeShare(of: state.figures.size, besides: state.analyses)
                if share.first?.urgency == .analysis { state.analyses += 1 }
                return share
            }
            guard let share else {
                // What woke this thread is for another.
                work.signal()
                return nil
            }
            // Every item raised the semaphore once; what was taken with the first need not wake anybody.
            for _ in share.dropFirst() { _ = work.wait(timeout: .now()) }
            let batch = keepWanted(share)
            if batch.isEmpty {
                noteEnd(of: share)
                continue
            }
            state.withLock { $0.figures.busy += 1 }
            return batch
        }
    }

    /// Wakes somebody for the next analysis when one is over: whoever woke before that may have had to leave it.
    private func noteEnd(of share: [Work]) {
        guard share.first?.urgency == .analysis else { return }
        state.withLock { $0.analyses -= 1 }
        work.signal()
    }

    private func keepWanted(_ share: [Work]) -> [Work] {
        share.filter { item in
            if item.isWanted() { return true }
            item.completion(.withdrawn)
            return false
        }
    }

    /// Has a batch for one profile done, by as many workers as it takes; gives back the one that is left.
    private func perform(_ batch: [Work], with first: consuming WorkerProcess?, _ slot: Int) -> WorkerProcess? {
        var rest = batch[...]
        var worker: WorkerProcess? = first
        var isFresh = false
        // Whether a worker has died over the first of the rest, which is therefore given alone to the next.
        var isSuspect = false
        while !rest.isEmpty {
            if state.withLock({ $0.isStopped }) {
                for item in rest { item.completion(.changed) }
                break
            }
            if worker == nil {
                do {
                    worker = try start(rest[rest.startIndex].profile)
                    isFresh = true
                } catch {
                    logger.error("Worker does not start", metadata: ["reason": "\(error.summary)"])
                    for item in rest { item.completion(.unavailable(error)) }
                    return nil
                }
            }
            guard let present = worker.take() else { return nil }
            var part = isSuspect ? rest.prefix(1) : rest
            let later = rest.dropFirst(part.count)
            do {
                try exchange(&part, with: present, slot)
                worker = consume present
                rest = later
                isSuspect = false
            } catch {
                rest = (Array(part) + later)[...]
                forget(present.pid)
                let end = present.end()
                // One that died idle has read nothing: its successor gets the same work.
                if error == .unreachable, !isFresh { continue }
                isSuspect = triesAgain(rest[rest.startIndex], after: error, end, isSuspect: isSuspect)
                if !isSuspect { rest = keepWanted(Array(rest.dropFirst()))[...] }
            }
        }
        return worker
    }

    /// Sends what is still wanted of some work, and takes the reports; `rest` is what was not reported.
    private func exchange(
        _ rest: inout ArraySlice<Work>,
        with worker: borrowing WorkerProcess,
        _ slot: Int
    ) throws(WorkerProcess.Silence) {
        let pid = worker.pid
        defer { state.withLock { $0.inHand[slot] = nil } }
        // Who withdrew work before it was noted here did not see the worker. Whoever does so from now on ends it.
        repeat { note(rest.first, of: pid, in: slot) } while dropUnwanted(&rest)
        if rest.isEmpty { return }
        let requests = rest.enumerated().map { index, item in
            WorkRequest(id: UInt32(index), task: item.task, promised: item.promised)
        }
        let descriptors = rest.flatMap { item in
            [item.book.descriptor.rawValue] + (item.output.map { [$0.rawValue] } ?? [])
        }
        try worker.send(requests, descriptors: descriptors)
        state.withLock { $0.figures.requests += requests.count }
        for request in requests {
            let report = try worker.report(within: rest[rest.startIndex].patience(limit))
            guard report.id == request.id else { throw .ended("it answered out of turn") }
            let item = rest.removeFirst()
            note(rest.first, of: pid, in: slot)
            // Withdrawn while the one before it was in hand, which nobody minded.
            if let next = rest.first, next.task.readsWholeFile, !next.isWanted() { _ = kill(pid, SIGKILL) }
            guard item.book.isUnchanged else {
                item.completion(.changed)
                continue
            }
            if case .elsewhere(let profile) = report.outcome {
                passOn(item, to: profile)
            } else {
                item.completion(.done(report.outcome))
            }
        }
    }

    /// Puts a book in line for workers of another profile; that one is sent to and fro can only be where it changes.
    private func passOn(_ item: Work, to profile: WorkerProfile) {
        var other = item
        other.profile = profile
        other.isPassedOn = true
        let isInLine =
            !item.isPassedOn
            && state.withLock { state in
                if !state.isStopped { state.queue.append(other) }
                return !state.isStopped
            }
        if isInLine { work.signal() } else { item.completion(.changed) }
    }

    /// Lets go of what is not wanted any more; says whether there was any.
    private func dropUnwanted(_ rest: inout ArraySlice<Work>) -> Bool {
        let wanted = keepWanted(Array(rest))
        defer { rest = wanted[...] }
        return wanted.count < rest.count
    }

    private func note(_ item: Work?, of pid: Int32, in slot: Int) {
        inFlight?.note(item?.label, in: slot)
        state.withLock { $0.inHand[slot] = item.map { (pid, $0) } }
    }

    private func start(_ profile: WorkerProfile) throws(WorkerFault) -> WorkerProcess {
        let worker = try WorkerProcess(program: program, profile: profile, patience: limit)
        let hello = worker.hello
        let pid = worker.pid
        state.withLock { state in
            state.figures.processes.append(pid)
            state.figures.sandbox = hello
            // Who stops the pool could not see this one before.
            if state.isStopped { _ = kill(pid, SIGKILL) }
        }
        return worker
    }

    private func forget(_ pid: Int32) {
        state.withLock { $0.figures.processes.removeAll { $0 == pid } }
    }

    /// Says what becomes of the book that a worker had in hand when it fell silent; `true` where it is tried once more.
    ///
    /// A second silence over a book, and the first one that took too long, is held against it, unless its file changed
    /// under the worker.
    private func triesAgain(
        _ item: Work,
        after silence: WorkerProcess.Silence,
        _ end: String,
        isSuspect: Bool
    ) -> Bool {
        // It was the worker that was to be stopped, not the book that stopped it.
        if keepWanted([item]).isEmpty { return false }
        guard item.book.isUnchanged, !state.withLock({ $0.isStopped }) else {
            item.completion(.changed)
            return false
        }
        let finding = silence.finding(end, limit: item.patience(limit))
        if isSuspect || silence == .overtime || !item.isReadyAgain() {
            log("Worker ended while reading a book; another takes its place", finding, item)
            item.completion(.failed(finding))
            return false
        }
        log("Worker ended while reading a book; the book is tried once more, alone", finding, item)
        return !keepWanted([item]).isEmpty
    }

    private func log(_ message: Logger.Message, _ finding: Finding, _ item: Work) {
        state.withLock { $0.figures.faults[finding.problem, default: 0] += 1 }
        var metadata: Logger.Metadata = [
            "event": "worker.crashed", "problem": "\(finding.problem.rawValue)", "reason": "\(finding.detail)",
        ]
        if let label = item.label {
            metadata["job.id"] = "\(label.job)"
            metadata["library"] = "\(label.library)"
            metadata["path"] = "\(label.path)"
        }
        logger.warning(message, metadata: metadata)
    }
}

extension WorkerProcess.Silence {
    /// What is said of the book in hand.
    fileprivate func finding(_ end: String, limit: Duration) -> Finding {
        switch self {
        case .overtime: Finding(.workerTimeout, "reading it took longer than \(limit)")
        case .ended(let reason): Finding(.workerCrash, "the worker that read it died: \(reason ?? end)")
        case .unreachable: Finding(.workerCrash, "the worker that was to read it died: \(end)")
        }
    }
}

extension WorkerPool.Work {
    /// Empties the file that a worker may have begun to write; `false` where that fails.
    fileprivate func isReadyAgain() -> Bool {
        guard let output, task.writesFile else { return true }
        return (try? output.resize(to: 0)) != nil && (try? output.seek(offset: 0, from: .start)) != nil
    }
}
