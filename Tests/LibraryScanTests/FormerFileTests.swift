// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A book goes where its file has gone, though another was seen at its place first", .timeLimit(.minutes(5)))
struct FormerFileTests {
    private let edition = ZipWriter.archive([ZipWriter.Entry("1.png", text: "what nobody has seen yet")])

    private func bench() async throws -> ScanBench {
        let bench = try await ScanBench()
        for directory in ["A", "B"] { try bench.writeBooks(2, in: directory) }
        try await bench.scan()
        return bench
    }

    /// Expects that the book of `A/1.cbz` is `B/9.cbz` now, and that what has its name is another one.
    private func expectFollowed(_ bench: ScanBench, _ before: [String: Int64]) async throws {
        bench.clock.advance(by: .seconds(10))
        try await bench.scan()
        let after = try await bench.ids()
        #expect(after["B/9.cbz"] == before["A/1.cbz"])
        #expect(after["A/1.cbz"].map { !before.values.contains($0) } == true)
        #expect(after.count == before.count + 1)
        #expect(try await bench.events(.bookMissing).isEmpty)
        try await bench.expectTruth()
    }

    @Test func `a book is moved and an unseen one gets its name`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.write("../new", edition)
        try bench.rename("A/1.cbz", to: "B/9.cbz")
        try bench.rename("../new", to: "A/1.cbz")
        try await bench.scan(.directories(["A"]))
        #expect(try await bench.ids() == before)
        try await bench.scan(.directories(["B"]))
        try await expectFollowed(bench, before)
    }

    @Test(arguments: [["A", "B"], ["B", "A"]])
    func `a book is copied and replaced by an unseen one, and either place is seen first`(
        order: [FilePath]
    ) async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.copy("A/1.cbz", to: "B/9.cbz")
        try bench.write("../new", edition)
        try bench.rename("../new", to: "A/1.cbz")
        for directory in order { try await bench.scan(.directories([directory])) }
        try await expectFollowed(bench, before)
    }

    @Test func `what was replaced a while ago stays what it is`() async throws {
        let bench = try await bench()
        let before = try await bench.ids()
        try bench.write("../new", edition)
        try bench.rename("A/1.cbz", to: "../old")
        try bench.rename("../new", to: "A/1.cbz")
        try await bench.scan()
        bench.pass(LossRule.patience + .seconds(1))
        try bench.rename("../old", to: "B/9.cbz")
        try await bench.scan()
        let after = try await bench.ids()
        #expect(after["A/1.cbz"] == before["A/1.cbz"])
        #expect(after["B/9.cbz"].map { !before.values.contains($0) } == true)
        try await bench.expectTruth()
    }
}
