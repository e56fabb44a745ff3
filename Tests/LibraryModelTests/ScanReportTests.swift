// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel
import Testing

@Suite("A report adds up, over batches and over interruptions")
struct ScanReportTests {
    private func report(_ counts: [ScanReport.Counter: Int]) -> ScanReport {
        counts.reduce(into: ScanReport()) { $0[$1.key] = $1.value }
    }

    @Test func `figures of parts add up to those of the whole`() {
        var sum = report([.createdMedia: 2, .readBytes: 100])
        sum.add(report([.createdMedia: 3, .failedMedia: 1]))
        #expect(sum == report([.createdMedia: 5, .failedMedia: 1, .readBytes: 100]))
    }

    @Test func `equal figures are equal reports, whatever was written on the way`() {
        var zeroed = report([.createdMedia: 2])
        zeroed[.createdMedia] = 0
        #expect(zeroed == ScanReport())
        #expect(zeroed[.createdMedia] == 0)
    }

    @Test func `a job that begins anew keeps what it has done, and not what it has looked at`() {
        let all = ScanReport.Counter.allCases.reduce(into: ScanReport()) { $0[$1] = 7 }
        let kept = ScanReport.Counter.allCases.filter { all.ofWorkDone[$0] == 7 }
        #expect(
            Set(ScanReport.Counter.allCases).subtracting(kept).map(\.rawValue).sorted() == [
                "held_losses", "ignored_directories", "ignored_files", "skipped_files", "total_directories",
                "total_files",
            ]
        )
    }

    @Test func `every counter is written, zero too, and an unknown one is passed over`() throws {
        let written = report([.movedMedia: 4])
        let data = try JSONEncoder().encode(written)
        #expect(try JSONDecoder().decode([String: Int].self, from: data).count == ScanReport.Counter.allCases.count)
        #expect(try JSONDecoder().decode(ScanReport.self, from: data) == written)
        let newer = Data(#"{"moved_media":4,"dreamed_media":1}"#.utf8)
        #expect(try JSONDecoder().decode(ScanReport.self, from: newer) == written)
    }
}
