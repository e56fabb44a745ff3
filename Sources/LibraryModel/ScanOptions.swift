// SPDX-License-Identifier: MIT

/// How a scan departs from the usual one.
package struct ScanOptions: Hashable, Sendable, Codable {
    /// Every book is read again, changed or not.
    package var force = false

    /// Losses that would be held are applied.
    package var acceptLosses = false

    package init(force: Bool = false, acceptLosses: Bool = false) {
        self.force = force
        self.acceptLosses = acceptLosses
    }

    /// What two requests want together.
    package func merged(with other: ScanOptions) -> ScanOptions {
        ScanOptions(force: force || other.force, acceptLosses: acceptLosses || other.acceptLosses)
    }

    private enum CodingKeys: String, CodingKey {
        case force
        case acceptLosses = "accept_losses"
    }
}
