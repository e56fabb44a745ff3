// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI
import Testing

@testable import stumpctl

@Suite("A retired library is shown to who asks, with what to do about it")
struct LibrariesTests {
    private func library(state: String) -> LibrarySummary {
        LibrarySummary(
            name: "comics",
            root: "/srv/comics",
            pattern: "series",
            state: state,
            detail: "it is not in the configuration since then",
            watch: LibraryWatchSummary(mode: "off", directories: 0, polled: 0, pending: 0),
            counts: LibraryCounts(
                series: 1,
                books: 2,
                missing: 3,
                ignored: 0,
                pending: 0,
                problems: 4,
                sizeBytes: 5
            ),
            heldLosses: 0
        )
    }

    @Test func `it says how to have it back and how to be rid of it, and nothing that would be refused`() {
        let lines = LibrariesShow.lines(library(state: "retired"), Paint(isOn: false), width: nil)
        #expect(lines.first == "comics: retired")
        #expect(lines.contains { $0.contains("written into the configuration again under this name") })
        #expect(lines.contains { $0.contains("`stumpctl libraries purge comics` forgets it") })
        #expect(!lines.contains { $0.contains("stumpctl problems") || $0.contains("watched") })
    }

    @Test func `the list has one line about those that it leaves out`() {
        #expect(LibrariesList.hint(retired: []) == nil)
        #expect(
            LibrariesList.hint(retired: ["a", "b"])
                == "2 retired libraries with books: a, b; `stumpctl libraries purge a` forgets it"
        )
    }

    @Test func `one is forgotten by its name, and listed by its state`() throws {
        #expect(try (Stumpctl.parseAsRoot(["libraries", "purge", "comics"]) as? LibrariesPurge)?.name == "comics")
        let list = try Stumpctl.parseAsRoot(["libraries", "--state", "retired"]) as? LibrariesList
        #expect(list?.state == "retired")
        #expect(throws: (any Error).self) { try Stumpctl.parseAsRoot(["libraries", "purge"]) }
    }
}
