// SPDX-License-Identifier: MIT
import CLinux
import LibraryModel
import LibraryStore

/// Gives back what a large job leaves behind: the allocator and the database keep what they once had, and a daemon that
/// is idle for months would hold the memory of its first scan.
struct MemoryRelief {
    /// From how many changed books on a job counts as large.
    ///
    /// After a small one it would cost more than it brings.
    static let threshold = 1000

    let store: LibraryStore

    static func isDue(after report: ScanReport) -> Bool {
        let changes: [ScanReport.Counter] = [
            .createdMedia, .updatedMedia, .missingMedia, .restoredMedia, .convertedMedia, .createdThumbnails,
        ]
        return changes.reduce(0) { $0 + report[$1] } >= threshold
    }

    func give() {
        store.releaseMemory()
        clinux_trim_memory()
    }
}
