// SPDX-License-Identifier: MIT

/// Decides whether losses are believed, or held until a person confirms them.
///
/// A disk that is not mounted, a union file system that lost a branch, and a server that hides its errors all look
/// like a mass deletion. Such a loss is held unless the kernel told of the deletions one by one.
package struct LossRule: Sendable {
    /// The least number of books whose loss is held.
    package static let threshold = 50

    /// The least share of the library, in percent, whose loss is held.
    package static let share = 20

    /// Books that were present before the scan.
    package var present: Int

    /// Books that the scan did not find and no event told of.
    package var unwitnessed: Int

    /// Whether the root listed nothing at all that a library is made of.
    package var rootIsEmpty: Bool

    package init(present: Int, unwitnessed: Int, rootIsEmpty: Bool) {
        self.present = present
        self.unwitnessed = unwitnessed
        self.rootIsEmpty = rootIsEmpty
    }

    package var holds: Bool {
        guard unwitnessed > 0 else { return false }
        if rootIsEmpty { return true }
        return unwitnessed >= LossRule.threshold && unwitnessed * 100 >= present * LossRule.share
    }
}
