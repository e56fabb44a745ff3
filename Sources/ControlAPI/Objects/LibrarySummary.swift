// SPDX-License-Identifier: MIT

/// One library as configured and as found.
package struct LibrarySummary: Codable, Equatable, Sendable {
    package var name: String
    package var root: String
    /// `series` or `collection`.
    package var pattern: String
    /// `online`, `suspect`, `offline`, `paused` or `retired`.
    package var state: String
    /// Why it is not `online`.
    @Nullable package var detail: String?
    package var watch: LibraryWatchSummary
    package var counts: LibraryCounts
    @Nullable package var lastScan: LastScan?
    @Nullable package var nextScanAt: String?
    package var heldLosses: Int

    package init(
        name: String,
        root: String,
        pattern: String,
        state: String,
        detail: String? = nil,
        watch: LibraryWatchSummary,
        counts: LibraryCounts,
        lastScan: LastScan? = nil,
        nextScanAt: String? = nil,
        heldLosses: Int
    ) {
        self.name = name
        self.root = root
        self.pattern = pattern
        self.state = state
        self.detail = detail
        self.watch = watch
        self.counts = counts
        self.lastScan = lastScan
        self.nextScanAt = nextScanAt
        self.heldLosses = heldLosses
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case root
        case pattern
        case state
        case detail
        case watch
        case counts
        case lastScan = "last_scan"
        case nextScanAt = "next_scan_at"
        case heldLosses = "held_losses"
    }
}

/// How changes in one library are noticed.
package struct LibraryWatchSummary: Codable, Equatable, Sendable {
    /// `events`, `mixed`, `poll` or `off`.
    package var mode: String
    package var directories: Int
    package var polled: Int
    /// Directories with changes that have not settled yet.
    package var pending: Int
    /// Why the mode is not `events`.
    @Nullable package var reason: String?

    package init(
        mode: String,
        directories: Int,
        polled: Int,
        pending: Int,
        reason: String? = nil
    ) {
        self.mode = mode
        self.directories = directories
        self.polled = polled
        self.pending = pending
        self.reason = reason
    }
}

/// What the index holds of one library.
package struct LibraryCounts: Codable, Equatable, Sendable {
    package var series: Int
    package var books: Int
    package var missing: Int
    package var ignored: Int
    /// Files that are still being written.
    package var pending: Int
    package var problems: Int
    package var sizeBytes: Int64

    package init(
        series: Int,
        books: Int,
        missing: Int,
        ignored: Int,
        pending: Int,
        problems: Int,
        sizeBytes: Int64
    ) {
        self.series = series
        self.books = books
        self.missing = missing
        self.ignored = ignored
        self.pending = pending
        self.problems = problems
        self.sizeBytes = sizeBytes
    }

    private enum CodingKeys: String, CodingKey {
        case series
        case books
        case missing
        case ignored
        case pending
        case problems
        case sizeBytes = "size_bytes"
    }
}

/// The scan of a library that finished last.
package struct LastScan: Codable, Equatable, Sendable {
    package var job: Int64
    package var finishedAt: String
    package var state: String

    package init(job: Int64, finishedAt: String, state: String) {
        self.job = job
        self.finishedAt = finishedAt
        self.state = state
    }

    private enum CodingKeys: String, CodingKey {
        case job
        case finishedAt = "finished_at"
        case state
    }
}
