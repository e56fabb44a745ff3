// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@testable import LibraryScan

@Suite("Memory is given back after a large job, and not after every book")
struct MemoryReliefTests {
    private func report(_ counts: [ScanReport.Counter: Int]) -> ScanReport {
        counts.reduce(into: ScanReport()) { $0[$1.key] = $1.value }
    }

    @Test func `what was changed counts, whatever was done to it, and what was only looked at does not`() {
        #expect(!MemoryRelief.isDue(after: report([.createdMedia: 999])))
        #expect(MemoryRelief.isDue(after: report([.createdMedia: 1000])))
        #expect(MemoryRelief.isDue(after: report([.updatedMedia: 600, .restoredMedia: 400])))
        #expect(MemoryRelief.isDue(after: report([.createdThumbnails: 20_000])))
        #expect(!MemoryRelief.isDue(after: report([.totalFiles: 1_000_000, .movedMedia: 10_000])))
    }
}
