// SPDX-License-Identifier: MIT
import Dispatch
import Glibc
import LibraryModel
package import Logging
import Synchronization
package import SystemPackage

/// A few long-lived workers, each with a thread of its own here, which opens no file and knows no path.
///
/// Workers are started by the first work that comes and wait without cost when there is none. One that dies or takes
/// too long costs the book it had in hand; the rest of its packet goes to its successor.
package final class WorkerPool: Sendable {
    fileprivate struct State {
        var urgent: [Work] = []
        var patient: [Work] = []
        var threads = 0
        var isStopped = false
        var figures: Figures
    }

    /// Requests after which a worker is renewed, so that what a library leaks stays small.
    private static let renewal = 20_000

    private let program: FilePath
    private let limit: Duration
    private let logger: Logger
    private let state: Mutex<State>
    private let work = DispatchSemaphore(value: 0)
    private let threads = DispatchGroup()

    /// - Parameters:
    ///   - size: how many workers, at least 1.
    ///   - program: the path of `stump-worker`.
    ///   - limit: how long one book may take; a worker over time is killed.
    ///   - logger: is told of workers that fail.
    package init(size: Int, program: FilePath, limit: Duration = .seconds(60), logger: Logger) {
        precondition(size > 0, "a pool of \(size) workers can do nothing")
        self.program = program
        self.limit = limit
        self.logger = logger
        state = Mutex(State(figures: Figures(size: size)))
    }

    package var figures: Figures { state.withLock { $0.figures } }

    /// Takes work; facts go before thumbnails.
    package func submit(_ batch: [Work]) {
        let newThreads: Int? = state.withLock { state in
            if state.isStopped { return nil }
            for item in batch {
                if item.isUrgent { state.urgent.append(item) } else { state.patient.append(item) }
            }
            let wanted = min(state.figures.size, state.threads + batch.count)
            defer { state.threads = wanted }
            return wanted - state.threads
        }
        guard let newThreads else {
            for item in batch { item.completion(.changed) }
            return
        }
        for _ in 0..<newThreads {
            DispatchQueue(label: "stump.worker").async(group: threads) { self.serve() }
        }
        for _ in batch { work.signal() }
    }

    /// Ends the workers and waits for them; work that was not done counts as not read.
    package func stop() {
        let count = state.withLock { state in
            state.isStopped = true
            for pid in state.figures.processes { _ = kill(pid, SIGKILL) }
            return state.threads
        }
        for _ in 0..<count { work.signal() }
        threads.wait()
        let left = state.withLock { state in
            defer { (state.urgent, state.patient) = ([], []) }
            return state.urgent + state.patient
        }
        for item in left { item.completion(.changed) }
    }

    /// The life of one thread: take work, have it done, until the pool is stopped.
    private func serve() {
        var served = 0
        var worker: WorkerProcess?
        while let batch = take() {
            if served >= WorkerPool.renewal, let old = worker.take() {
                forget(old.pid)
                old.end()
                served = 0
            }
            served += batch.count
            worker = perform(batch, with: worker.take())
            state.withLock { $0.figures.busy -= 1 }
        }
        if let last = worker.take() {
            forget(last.pid)
            last.end()
        }
    }

    /// Waits for work and takes a fair share of it; `nil` when the pool is stopped.
    private func take() -> [Work]? {
        while true {
            work.wait()
            let (batch, isStopped) = state.withLock { state -> ([Work], Bool) in
                if state.isStopped { return ([], true) }
                let batch = state.takeShare()
                if !batch.isEmpty { state.figures.busy += 1 }
                return (batch, false)
            }
            if isStopped { return nil }
            // Every item raised the semaphore once; what was taken with the first need not wake anybody.
            for _ in batch.dropFirst() { _ = work.wait(timeout: .now()) }
            if !batch.isEmpty { return batch }
        }
    }

    /// Has a batch done, by as many workers as it takes; gives back the one that is left.
    private func perform(_ batch: [Work], with first: consuming WorkerProcess?) -> WorkerProcess? {
        var rest = batch[...]
        var worker: WorkerProcess? = first
        var isFresh = false
        while !rest.isEmpty {
            if state.withLock({ $0.isStopped }) {
                for item in rest { item.completion(.changed) }
                break
            }
            if worker == nil {
                do {
                    worker = try start()
                    isFresh = true
                } catch {
                    logger.error("Worker does not start", metadata: ["reason": "\(error.summary)"])
                    for item in rest { item.completion(.failed(Finding(.workerCrash, error.summary))) }
                    return nil
                }
            }
            guard let present = worker.take() else { return nil }
            do {
                try exchange(&rest, with: present)
                worker = consume present
            } catch {
                forget(present.pid)
                let end = present.end()
                // One that died idle has read nothing: its successor gets the same work.
                if error == .unreachable, !isFresh { continue }
                blame(rest.removeFirst(), for: error, end)
            }
        }
        return worker
    }

    private func exchange(
        _ rest: inout ArraySlice<Work>,
        with worker: borrowing WorkerProcess
    ) throws(WorkerProcess.Silence) {
        let requests = rest.enumerated().map { index, item in
            WorkRequest(id: UInt32(index), task: item.task, promised: item.promised)
        }
        let descriptors = rest.flatMap { item in
            [item.book.descriptor.rawValue] + (item.output.map { [$0.rawValue] } ?? [])
        }
        try worker.send(requests, descriptors: descriptors)
        state.withLock { $0.figures.requests += requests.count }
        for request in requests {
            let report = try worker.report(within: limit)
            guard report.id == request.id else { throw .ended("it answered out of turn") }
            let item = rest.removeFirst()
            item.completion(item.book.isUnchanged ? .done(report.outcome) : .changed)
        }
    }

    private func start() throws(WorkerFault) -> WorkerProcess {
        let worker = try WorkerProcess(program: program, patience: limit)
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

    /// The book that a worker had in hand when it fell silent gets the blame, unless the file changed under it.
    private func blame(_ item: Work, for silence: WorkerProcess.Silence, _ end: String) {
        guard item.book.isUnchanged, !state.withLock({ $0.isStopped }) else {
            item.completion(.changed)
            return
        }
        let finding =
            switch silence {
            case .overtime: Finding(.workerTimeout, "reading it took longer than \(limit)")
            case .ended(let reason): Finding(.workerCrash, "the worker that read it died: \(reason ?? end)")
            case .unreachable: Finding(.workerCrash, "the worker that was to read it died: \(end)")
            }
        state.withLock { $0.figures.faults[finding.problem, default: 0] += 1 }
        logger.warning(
            "Worker ended while reading a book; another takes its place",
            metadata: [
                "event": "worker.crashed", "problem": "\(finding.problem.rawValue)", "reason": "\(finding.detail)",
            ]
        )
        item.completion(.failed(finding))
    }
}

extension WorkerPool.State {
    /// Urgent work first; as much as leaves some for the other workers, and no more thumbnails than two at a time.
    fileprivate mutating func takeShare() -> [WorkerPool.Work] {
        let isUrgent = !urgent.isEmpty
        let waiting = isUrgent ? urgent.count : patient.count
        let most = isUrgent ? WorkerProtocol.requestLimit : 2
        let share = min(most, (waiting + figures.size - 1) / figures.size, waiting)
        defer { if isUrgent { urgent.removeFirst(share) } else { patient.removeFirst(share) } }
        return Array(isUrgent ? urgent.prefix(share) : patient.prefix(share))
    }
}
