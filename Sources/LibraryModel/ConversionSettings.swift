// SPDX-License-Identifier: MIT

/// Which books of a library become CBZ, and what becomes of their originals.
package struct ConversionSettings: Equatable, Sendable {
    /// What is converted by itself, each with the formats that are its kin; the raw value is the configuration's word.
    package enum Kind: String, Sendable, CaseIterable {
        case cbr
        case cb7
        case cbt

        /// The formats of books that are of this kind.
        package var formats: [MediaFormat] {
            switch self {
            case .cbr: [.cbr, .rar]
            case .cb7: [.cb7, .sevenZip]
            case .cbt: [.cbt, .tar]
            }
        }
    }

    /// What becomes of an original; the raw value is the word of the configuration, the database and the API.
    package enum Originals: String, Sendable, CaseIterable {
        /// Set aside for a time, so that the conversion can be undone.
        case retain

        /// Left beside the result, and out of the index.
        case keep

        /// Removed.
        case remove
    }

    /// What scans have converted; none where conversion is only done on demand.
    package var kinds: Set<Kind> = []
    package var originals = Originals.retain

    /// How long originals are retained.
    package var retain: Duration = .seconds(30 * 86_400)

    package init() {}

    /// The formats that scans have converted.
    package var formats: Set<MediaFormat> { Set(kinds.flatMap(\.formats)) }

    /// All formats that can be converted at all.
    package static var convertible: Set<MediaFormat> { Set(Kind.allCases.flatMap(\.formats)) }
}
