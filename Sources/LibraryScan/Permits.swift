// SPDX-License-Identifier: MIT

/// Bounds how many books are in hand at once: opened, being read, or read and not committed.
actor Permits {
    private let limit: Int
    private var taken = 0
    private var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var drained: CheckedContinuation<Void, Never>?

    init(limit: Int) {
        self.limit = limit
    }

    /// Waits until `count` permits are free, and takes them; first come, first served.
    func acquire(_ count: Int) async {
        precondition(count <= limit, "\(count) permits can never be had of \(limit)")
        if waiting.isEmpty, taken + count <= limit {
            taken += count
            return
        }
        await withCheckedContinuation { waiting.append((count, $0)) }
    }

    func release(_ count: Int) {
        taken -= count
        while let first = waiting.first, taken + first.count <= limit {
            waiting.removeFirst()
            taken += first.count
            first.continuation.resume()
        }
        if taken == 0, let drained {
            self.drained = nil
            drained.resume()
        }
    }

    /// Waits until every permit is back.
    func drain() async {
        if taken == 0 { return }
        await withCheckedContinuation { drained = $0 }
    }
}
