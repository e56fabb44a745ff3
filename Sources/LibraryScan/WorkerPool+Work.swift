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

        /// Where a thumbnail goes.
        package var output: FileDescriptor?

        /// Called once, on a thread of the pool; it must not wait.
        package var completion: @Sendable (Outcome) -> Void

        package init(
            task: WorkRequest.Task,
            promised: MediaFormat,
            book: OpenBook,
            output: FileDescriptor? = nil,
            completion: @escaping @Sendable (Outcome) -> Void
        ) {
            self.task = task
            self.promised = promised
            self.book = book
            self.output = output
            self.completion = completion
        }

        var isUrgent: Bool {
            if case .facts = task { true } else { false }
        }
    }

    package enum Outcome: Sendable, Equatable {
        case done(WorkReport.Outcome)

        /// The file is not what it was when it was opened; what was read does not count.
        case changed
        case failed(Finding)
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
