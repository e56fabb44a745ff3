// SPDX-License-Identifier: MIT

/// Says which of the books that are gone are which of those that turned up, where all have the same content.
///
/// One to one, or not at all: of two copies that turn up for one book neither is more it than the other. Where there
/// are several, what tells them apart is asked in the order of its weight: the hash of the whole file, then name, size
/// and time together, then each alone.
package enum BookMatch {
    /// How old a copy, or what is made of copies, may be to have been made to be moved: large folders are copied for
    /// hours before the first of their files is removed.
    package static let youth: Duration = .seconds(86_400)

    /// Where there are more books of one content than this, none of them is taken for another.
    package static let copyLimit = 32

    /// What tells books of one content apart.
    package struct Traits: Sendable {
        package var name: FileName

        /// In bytes.
        package var size: Int64
        package var modified: Timestamp

        /// The SHA-256 of the file, where it was worked out.
        package var hash: [UInt8]?

        package init(name: FileName, size: Int64, modified: Timestamp, hash: [UInt8]?) {
            self.name = name
            self.size = size
            self.modified = modified
            self.hash = hash
        }
    }

    /// Pairs of places in the two lists; each place is in one pair at most.
    package static func pairs(arrived: [Traits], gone: [Traits]) -> [(arrived: Int, gone: Int)] {
        var search = Search(arrived: Array(arrived.indices), gone: Array(gone.indices))
        let rungs: [(Traits) -> Key?] = [
            { $0.hash.map(Key.hash) },
            { .all($0.name, size: $0.size, time: $0.roundedTime) },
            { .name($0.name) },
            { .file(size: $0.size, time: $0.roundedTime) },
            { _ in .content },
        ]
        for rung in rungs { search.match(by: rung, arrived, gone) }
        return search.pairs
    }

    /// What two books have in common where they are taken for one.
    private enum Key: Hashable {
        case hash([UInt8])
        case all(FileName, size: Int64, time: Int64)
        case name(FileName)
        case file(size: Int64, time: Int64)
        case content
    }

    private struct Search {
        var arrived: [Int]
        var gone: [Int]
        var pairs: [(arrived: Int, gone: Int)] = []

        /// Pairs what nothing else on either side has the same key as.
        mutating func match(by key: (Traits) -> Key?, _ arrivedTraits: [Traits], _ goneTraits: [Traits]) {
            let ofGone = Self.unique(gone, by: { key(goneTraits[$0]) })
            for (key, place) in Self.unique(arrived, by: { key(arrivedTraits[$0]) }) {
                guard let other = ofGone[key] else { continue }
                pairs.append((place, other))
            }
            let (matched, found) = (Set(pairs.map(\.arrived)), Set(pairs.map(\.gone)))
            arrived.removeAll(where: matched.contains)
            gone.removeAll(where: found.contains)
        }

        private static func unique(_ places: [Int], by key: (Int) -> Key?) -> [Key: Int] {
            let groups = Dictionary(grouping: places.filter { key($0) != nil }, by: key)
            return groups.reduce(into: [:]) { unique, group in
                if let key = group.key, let place = group.value.first, group.value.count == 1 { unique[key] = place }
            }
        }
    }
}

extension BookMatch.Traits {
    /// In steps of 2 seconds, as FAT keeps the time of what is copied there.
    fileprivate var roundedTime: Int64 { modified.nanoseconds.flooredDivision(by: 2_000_000_000) }
}
