// SPDX-License-Identifier: MIT
import Logging
import Synchronization

/// Hears from a pool's log of every worker that ended over a book, also of one whose book was read by the next.
final class WorkerDeaths: Sendable {
    struct Death: Sendable {
        /// The job by whose number the book was labelled.
        var book: String

        /// The class of the problem.
        var problem: String

        /// By which signal, or whatever else is known.
        var reason: String

        /// What a trap of Swift's own ends a process by: an instruction that is none, or a breakpoint.
        var isTrap: Bool { reason.contains("signal 4,") || reason.contains("signal 5,") }

        /// A system call for which a filter ends the process.
        var isOutbreak: Bool { reason.contains("signal 31,") }
        var isOvertime: Bool { problem == "worker_timeout" }
    }

    private let deaths = Mutex<[Death]>([])

    var logger: Logger { Logger(label: "fuzz-media") { _ in Handler(deaths: self) } }

    /// Those since it was asked last.
    func takeAll() -> [Death] {
        deaths.withLock { deaths in
            defer { deaths = [] }
            return deaths
        }
    }

    private struct Handler: LogHandler {
        let deaths: WorkerDeaths
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.warning

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            func word(_ key: String) -> String { event.metadata?[key].map { "\($0)" } ?? "" }
            guard word("event") == "worker.crashed" else { return }
            let death = Death(book: word("job.id"), problem: word("problem"), reason: word("reason"))
            deaths.deaths.withLock { $0.append(death) }
        }
    }
}
