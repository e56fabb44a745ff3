// SPDX-License-Identifier: MIT
import LibraryScan

extension LossLedger.Entry {
    /// What is waited for, for people.
    var text: String {
        let losses = count == 1 ? "1 loss that no event told of" : "\(count) losses that no event told of"
        return losses + (isHeld ? ": held until somebody confirms them" : ": believed when it is seen a second time")
    }
}
