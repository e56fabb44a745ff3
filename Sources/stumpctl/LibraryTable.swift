// SPDX-License-Identifier: MIT
import ControlAPI

/// What `status` and `libraries` both show of a library.
enum LibraryTable {
    static let titles = [
        "LIBRARY", "STATE", ">BOOKS", ">SERIES", ">MISSING", ">PROBLEMS", ">SIZE", "WATCH", "LAST SCAN",
    ]

    static func cells(_ library: LibrarySummary) -> [String?] {
        let counts = library.counts
        return [
            library.name,
            library.state,
            Quantity.count(counts.books),
            Quantity.count(counts.series),
            Quantity.count(counts.missing),
            Quantity.count(counts.problems),
            Quantity.bytes(counts.sizeBytes),
            library.watch.mode,
            library.lastScan.map { LocalTime.text($0.finishedAt) },
        ]
    }

    /// How a library stands that somebody just did something to.
    static func standing(_ library: LibrarySummary, _ paint: Paint) -> String {
        let detail = library.detail.map { ": \(ShownText.escaped($0))" } ?? ""
        return "\(ShownText.escaped(library.name)) is \(paint.state(library.state))\(detail)"
    }
}
