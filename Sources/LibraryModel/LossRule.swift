// SPDX-License-Identifier: MIT

/// Decides whether losses that no event told of are believed, or held until a person confirms them.
///
/// A disk that is not mounted, a union file system that lost a branch, and a server that hides its errors all look
/// like a mass deletion. Such a loss is held; a small one is believed once a second listing shows it too.
package struct LossRule: Sendable {
    /// The least number of a volume's books whose loss is held.
    package static let threshold = 50

    /// The least share of a volume, in percent, whose loss is held.
    package static let share = 20

    /// The least number of books that make a directory of the root worth a look of its own.
    package static let topThreshold = 20

    /// How long a book that is gone is waited for at most, where other libraries are scanned all the time.
    package static let patience: Duration = .seconds(60)

    /// How long what has another book's content waits at most, where a file nobody has read yet is at that one's place.
    package static let longestDoubt: Duration = .seconds(3600)

    /// How long after the first listing that showed a small loss the second one is made.
    package static let secondLook: Duration = .seconds(5)

    /// How long after the first look a held loss is looked at again.
    package static let heldLooks: [Duration] = [.seconds(600), .seconds(3600)]

    /// How long no mount must have come or gone before losses are judged.
    package static let mountQuiet: Duration = .seconds(5)

    /// The books of one volume, or of one directory of the root.
    package struct Tally: Sendable, Equatable {
        /// Books that were present before the scan, the lost ones among them.
        package var present: Int

        /// Books that are not found any more and no event told of.
        package var lost: Int

        package init(present: Int, lost: Int) {
            self.present = present
            self.lost = lost
        }
    }

    package var volumes: [Tally]
    package var topDirectories: [Tally]

    /// Whether the root listed nothing at all that a library is made of.
    package var rootIsEmpty: Bool

    package init(volumes: [Tally], topDirectories: [Tally], rootIsEmpty: Bool) {
        self.volumes = volumes
        self.topDirectories = topDirectories
        self.rootIsEmpty = rootIsEmpty
    }

    package var holds: Bool {
        if rootIsEmpty, (volumes + topDirectories).contains(where: { $0.lost > 0 }) { return true }
        return volumes.contains { $0.lost >= LossRule.threshold && $0.lost * 100 >= $0.present * LossRule.share }
            || topDirectories.contains { $0.present >= LossRule.topThreshold && $0.lost * 2 >= $0.present }
    }
}
