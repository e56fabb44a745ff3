// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Logging
import Synchronization

/// Writes a job's problems to the log: the first hundred of each class, and at the end how many more there were.
final class ProblemTally: Sendable {
    private let counts = Mutex<[ProblemClass: Int]>([:])

    func log(_ opened: [CatalogTransaction.OpenedProblem], of job: LibraryJob, _ logger: Logger) {
        for problem in opened {
            let count = counts.withLock { counts in
                counts[problem.problem, default: 0] += 1
                return counts[problem.problem, default: 0]
            }
            guard count <= CatalogTransaction.logLimit else { continue }
            var metadata = job.metadata
            metadata["problem"] = "\(problem.problem.rawValue)"
            metadata["event"] = "problem.opened"
            metadata["path"] = "\(problem.path)"
            metadata["reason"] = "\(problem.detail)"
            metadata["book"] = problem.book.map { "\($0)" }
            logger.warning("Problem found", metadata: metadata)
        }
    }

    /// Logs how many problems were kept back.
    func finish(_ job: LibraryJob, _ logger: Logger) {
        for (problem, count) in counts.withLock({ $0 }) where count > CatalogTransaction.logLimit {
            var metadata = job.metadata
            metadata["problem"] = "\(problem.rawValue)"
            metadata["suppressed"] = "\(count - CatalogTransaction.logLimit)"
            logger.warning("More problems of this class were found", metadata: metadata)
        }
    }
}
