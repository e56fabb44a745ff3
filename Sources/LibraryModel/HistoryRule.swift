// SPDX-License-Identifier: MIT

/// Says which finished jobs are forgotten: those of a certain age, but never the last ones of a library.
///
/// A library that is scanned once a year would have no history by age alone, and one that is scanned each minute would
/// have nothing else.
package struct HistoryRule: Sendable {
    /// How long finished jobs are kept; the default of `history`.
    package static let usualAge: Duration = .seconds(90 * 86_400)

    /// How many of the last finished jobs of each library are kept, however old.
    package static let kept = 20

    private let age: Duration

    package init(age: Duration = HistoryRule.usualAge) {
        self.age = age
    }

    /// One job that has ended.
    package struct Entry<Group: Hashable & Sendable>: Sendable {
        package var id: Int64

        /// What it is counted with: its library, or nothing, as all others that have none.
        package var group: Group?
        package var finishedAt: Timestamp

        package init(id: Int64, group: Group?, finishedAt: Timestamp) {
            self.id = id
            self.group = group
            self.finishedAt = finishedAt
        }
    }

    /// The jobs that may be deleted, in the order of `jobs`, which has to be newest first.
    package func expired<Group>(_ jobs: some Sequence<Entry<Group>>, at now: Timestamp) -> [Int64] {
        var newer: [Group?: Int] = [:]
        return jobs.compactMap { job in
            newer[job.group, default: 0] += 1
            return newer[job.group, default: 0] > HistoryRule.kept && now - job.finishedAt > age ? job.id : nil
        }
    }
}
