// SPDX-License-Identifier: MIT
import Dispatch

/// A thread of its own for calls that block as long as a disk does, one after the other.
///
/// A dead server then holds up one library; on Swift's pool it would hold up everything.
struct Lane: Sendable {
    private let queue: DispatchQueue

    init(_ label: String) {
        queue = DispatchQueue(label: label)
    }

    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }

    /// Queues work that nobody waits for.
    func enqueue(_ work: @escaping @Sendable () -> Void) {
        queue.async(execute: work)
    }

    /// Blocks until everything that was queued before is done.
    func drain() {
        queue.sync {}
    }
}
