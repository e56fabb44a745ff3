// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Testing

@testable import stumpctl

@Suite("A path finds its library")
struct LibraryPathTests {
    private func library(_ name: String, _ root: String) -> LibrarySummary {
        LibrarySummary(
            name: name,
            root: root,
            pattern: "series",
            state: "online",
            watch: LibraryWatchSummary(mode: "events", directories: 0, polled: 0, pending: 0),
            counts: LibraryCounts(series: 0, books: 0, missing: 0, ignored: 0, pending: 0, problems: 0, sizeBytes: 0),
            heldLosses: 0
        )
    }

    @Test(arguments: [
        ("/nonexistent/comics/Saga", "Saga"), ("Saga/1.cbz", "Saga/1.cbz"), (".", ""), ("./a/../Saga//x/", "Saga/x"),
        ("../comics/Saga", "Saga"),
    ])
    func `absolute or relative, the place is the same`(path: String, relative: String) throws {
        let libraries = [library("books", "/nonexistent/books"), library("comics", "/nonexistent/comics/")]
        let place = try LibraryPath.locate(path, from: "/nonexistent/comics", in: libraries)
        #expect(place.library == "comics")
        #expect(place.relative == relative)
        #expect(place.absolute == "/nonexistent/comics" + (relative.isEmpty ? "" : "/" + relative))
    }

    @Test func `a name that begins alike is not inside`() {
        #expect(throws: CommandFault.self) {
            try LibraryPath.locate("/nonexistent/comics2/x", from: "/", in: [library("comics", "/nonexistent/comics")])
        }
    }

    @Test func `links on the way to the root are followed, also for what is gone`() throws {
        var template = Array("/tmp/stump-test-XXXXXX".utf8CString)
        let directory = try String(cString: #require(mkdtemp(&template)))
        defer {
            unlink(directory + "/link")
            rmdir(directory + "/real")
            rmdir(directory)
        }
        try #require(mkdir(directory + "/real", 0o700) == 0)
        try #require(symlink("real", directory + "/link") == 0)
        let place = try LibraryPath.locate(
            "gone/1.cbz",
            from: directory + "/real",
            in: [library("comics", directory + "/link")]
        )
        #expect(place.absolute == directory + "/link/gone/1.cbz")
        #expect(place.relative == "gone/1.cbz")
    }
}
