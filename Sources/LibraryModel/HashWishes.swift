// SPDX-License-Identifier: MIT

/// Which hashes of a file are wanted beside the facts; the raw value is the wire's.
package struct HashWishes: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// SHA-256 over the whole file, which reads all of it.
    package static let file = HashWishes(rawValue: 1)

    /// KOReader's own hash, which reads 12 KiB.
    package static let koreader = HashWishes(rawValue: 2)
}
