// SPDX-License-Identifier: MIT
package import LibraryModel
package import SystemPackage

/// What is asked of the pool, and what it answers.
extension WorkerPool {
    /// One request with what belongs to it.
    package struct Work: Sendable {
        package var task: WorkRequest.Task
        package var promised: MediaFormat
        package var book: OpenBook

        /// Where a thumbnail or a converted book goes; for a comparison the converted book itself.
        package var output: FileDescriptor?

        /// What book this is about, for the log and ``BooksInFlight``; without it neither names the book.
        package var label: BookInFlight?

        /// Asked when the work's turn comes; it must not wait.
        ///
        /// `false` where the job was cancelled or paused meanwhile.
        package var isWanted: @Sendable () -> Bool

        /// Called once, on a thread of the pool or of who withdraws; it must not wait.
        package var completion: @Sendable (Outcome) -> Void

        /// Which workers this is for, as far as is known.
        var profile: WorkerProfile

        /// Whether a worker has said already that this is for others.
        var isPassedOn = false

        package init(
            task: WorkRequest.Task,
            promised: MediaFormat,
            book: OpenBook,
            output: FileDescriptor? = nil,
            label: BookInFlight? = nil,
            isWanted: @escaping @Sendable () -> Bool = { true },
            completion: @escaping @Sendable (Outcome) -> Void
        ) {
            self.task = task
            self.promised = promised
            profile = WorkerProfile(promised: promised)
            self.book = book
            self.output = output
            self.label = label
            self.isWanted = isWanted
            self.completion = completion
        }

        var urgency: Urgency {
            switch task {
            case .facts, .sidecar: .facts
            case .thumbnail: .thumbnail
            case .pages, .conversion, .comparison: .analysis
            }
        }

        /// How many of this kind a worker is given at once; what takes long is given singly, so that it can be withdrawn.
        var shareLimit: Int {
            switch task {
            case .facts: task.readsWholeFile ? 2 : WorkerProtocol.requestLimit
            case .thumbnail: 2
            case .sidecar: WorkerProtocol.requestLimit
            case .pages, .conversion, .comparison: 1
            }
        }

        /// How long this may take where an ordinary request may take `limit`: what reads all of a file is given as
        /// much again for each 32 MiB.
        func patience(_ limit: Duration) -> Duration {
            task.readsWholeFile ? limit + limit * (book.stamp.size >> 25) : limit
        }
    }

    /// What goes before what.
    enum Urgency: Int, CaseIterable {
        case facts
        case thumbnail
        case analysis
    }

    package enum Outcome: Sendable, Equatable {
        case done(WorkReport.Outcome)

        /// The file is not what it was when it was opened; what was read does not count.
        case changed

        /// A worker died over the book, and another over the same book alone; or it took too long.
        case failed(Finding)

        /// The work was not wanted any more when its turn came; no worker saw the book.
        case withdrawn

        /// There is no worker, for which no book can help; the same work may be done later.
        case unavailable(WorkerFault)
    }

    /// Has one piece of work done, and waits for what comes of it.
    func result(
        of task: WorkRequest.Task,
        promised: MediaFormat,
        book: OpenBook,
        output: FileDescriptor? = nil,
        label: BookInFlight,
        isWanted: @escaping @Sendable () -> Bool
    ) async -> Outcome {
        await withCheckedContinuation { continuation in
            let work = Work(
                task: task,
                promised: promised,
                book: book,
                output: output,
                label: label,
                isWanted: isWanted
            ) { continuation.resume(returning: $0) }
            submit([work])
        }
    }

    package struct Figures: Sendable, Equatable {
        package var size: Int
        package var busy = 0

        /// Of the workers that run.
        package var processes: [Int32] = []

        /// What the first worker said of its sandbox; `nil` before there was one.
        package var sandbox: WorkerHello?

        /// Requests that were sent, ever.
        package var requests = 0

        /// Workers that died or were killed, by the class of the problem.
        package var faults: [ProblemClass: Int] = [:]
    }
}

extension OpenBook {
    /// Whether the open file still is what it was when it was opened: the guarantee that nothing half-written counts.
    var isUnchanged: Bool {
        FileStamp(of: descriptor).map { !$0.differs(from: stamp) } ?? false
    }
}
