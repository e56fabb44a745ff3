// SPDX-License-Identifier: MIT
import Synchronization

/// Whether a part of the daemon still comes by to answer, as far as it was asked.
///
/// Whoever asks does not wait: it looks later whether there was an answer. So a part that hangs holds nobody up.
package final class Pulse: Sendable {
    private let asked = Atomic(0)
    private let answered = Atomic(0)

    package init() {}

    /// Notes a question, which the part is to be told of.
    package func ask() {
        asked.add(1, ordering: .sequentiallyConsistent)
    }

    /// To be called by the part when it comes by.
    package func answer() {
        answered.store(asked.load(ordering: .sequentiallyConsistent), ordering: .sequentiallyConsistent)
    }

    /// Whether the last question was answered; so it is before the first one.
    package var isAnswered: Bool {
        answered.load(ordering: .sequentiallyConsistent) == asked.load(ordering: .sequentiallyConsistent)
    }
}
