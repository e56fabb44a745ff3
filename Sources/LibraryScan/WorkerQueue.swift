// SPDX-License-Identifier: MIT
import LibraryModel

/// The work that waits for a worker: the most urgent first, and of the same urgency in the order of arrival.
struct WorkerQueue {
    private var waiting = [[WorkerPool.Work]](repeating: [], count: WorkerPool.Urgency.allCases.count)

    var count: Int { waiting.reduce(0) { $0 + $1.count } }

    mutating func append(_ work: WorkerPool.Work) {
        waiting[work.urgency.rawValue].append(work)
    }

    /// Takes as much as leaves some for the other workers, which are `size` with the one that takes.
    ///
    /// Of several workers one is kept from analyses, each of which takes its time, and so `analyses`, the number of
    /// those that others are at, is bounded: a new book waits for none of them. A share is for workers of one profile.
    mutating func takeShare(of size: Int, besides analyses: Int = 0) -> [WorkerPool.Work] {
        guard let index = waiting.firstIndex(where: { !$0.isEmpty }), let first = waiting[index].first else {
            return []
        }
        if first.urgency == .analysis, analyses >= max(1, size - 1) { return [] }
        let fair = (waiting[index].count + size - 1) / size
        let share = waiting[index].prefix(min(fair, first.shareLimit)).prefix {
            $0.shareLimit == first.shareLimit && $0.profile == first.profile
        }
        waiting[index].removeFirst(share.count)
        return Array(share)
    }

    /// Takes everything.
    mutating func takeAll() -> [WorkerPool.Work] {
        defer { self = WorkerQueue() }
        return waiting.flatMap { $0 }
    }

    /// Gives back what was taken, to its old place before what came since.
    mutating func putBack(_ work: [WorkerPool.Work]) {
        let newer = takeAll()
        for item in work + newer { append(item) }
    }
}
