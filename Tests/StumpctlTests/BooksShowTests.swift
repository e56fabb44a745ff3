// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import stumpctl

@Suite("A book is shown with what is known of it")
struct BooksShowTests {
    private func lines(_ analysis: AnalysisSummary?) -> [String] {
        let book = BookSummary(
            id: 7,
            library: "comics",
            name: "1.cbz",
            path: "Saga/1.cbz",
            format: "cbz",
            sizeBytes: 2048,
            state: "ready",
            addedAt: "2025-11-23T20:00:00.000Z",
            updatedAt: "2025-11-23T20:00:00.000Z",
            analysis: analysis
        )
        return BooksShow.lines(book, Paint(isOn: false)).filter { $0.contains("analysis") }
    }

    @Test func `an analysis says how many pages are whole, and of the others only what there is`() throws {
        var analysis = AnalysisSummary(
            at: "2025-11-23T20:00:00.000Z",
            pages: 36,
            decoded: 33,
            skipped: 1,
            damaged: 2,
            typicalWidth: 1200,
            typicalHeight: 1800
        )
        let line = try #require(lines(analysis).first)
        #expect(line.contains("33 of 36 pages whole, 2 damaged, 1 not judged, typically 1200×1800; looked at "))
        (analysis.pages, analysis.decoded, analysis.skipped, analysis.damaged) = (1, 1, 0, 0)
        analysis.typicalWidth = nil
        #expect(try #require(lines(analysis).first).contains("1 of 1 page whole; looked at "))
        #expect(lines(nil).isEmpty)
    }
}
