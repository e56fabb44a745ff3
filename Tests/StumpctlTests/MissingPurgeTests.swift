// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI
import Testing

@testable import stumpctl

@Suite("What is forgotten is said in one line")
struct MissingPurgeTests {
    @Test func `thirty days are meant where no age is given`() throws {
        let plain = try #require(try Stumpctl.parseAsRoot(["missing", "purge"]) as? MissingPurge)
        #expect(plain.olderThan == Age(.seconds(30 * 86_400)) && plain.library == nil && !plain.dryRun)
        let line = ["missing", "purge", "--library", "comics", "--older-than", "8w", "--dry-run"]
        let other = try #require(try Stumpctl.parseAsRoot(line) as? MissingPurge)
        #expect(other.olderThan == Age(.seconds(56 * 86_400)) && other.library == "comics" && other.dryRun)
        #expect(try Stumpctl.parseAsRoot(["missing", "--library", "comics"]) is MissingList)
        #expect(throws: (any Error).self) { try Stumpctl.parseAsRoot(["missing", "purge", "--older-than", "30"]) }
    }

    @Test(arguments: [
        (0, 0, false, "nothing is missing for long enough to be forgotten"),
        (1, 0, false, "1 book and 0 series forgotten, 1 of the books not shown"),
        (2, 1, true, "2 books and 1 series would be forgotten, 2 of the books not shown"),
    ])
    func `the figures of all libraries are added up`(books: Int, series: Int, dryRun: Bool, line: String) {
        var report = PurgeMissingReport(dryRun: dryRun, olderThanSeconds: 60)
        report.libraries = [
            PurgedLibrary(library: "a", books: books, series: series),
            PurgedLibrary(library: "b", books: 0, series: 0, detail: "it is offline"),
        ]
        #expect(MissingPurge.summary(report) == line)
    }
}
