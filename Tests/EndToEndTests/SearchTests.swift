// SPDX-License-Identifier: MIT
import ControlAPI
import Support
import SystemPackage
import Testing

@Suite("What was scanned is found, and counted")
struct SearchTests {
    private let home: RunningDaemon.Home
    private let daemon: RunningDaemon

    init() async throws {
        home = try RunningDaemon.Home()
        for series in ["Señor Gato", "進撃の巨人"] { try home.directory.makeDirectory(FilePath("library/\(series)")) }
        try home.directory.write("library/Señor Gato/Señor Gato 001.cbz", BookBuilder.comic(pages: 2))
        try home.directory.write("library/Señor Gato/Señor Gato 002.cbz", BookBuilder.comic(pages: 3))
        try home.directory.write("library/進撃の巨人/第01巻.cbz", BookBuilder.comic(pages: 4))
        daemon = try await RunningDaemon(home)
        try await daemon.settle()
    }

    private func search(_ words: String...) async throws -> [SearchHit] {
        let found = try await Program.run(
            "\(Program.built)/stumpctl",
            ["search"] + words + ["--json", "--socket", home.socket]
        )
        try #require(found.code == 0, "\(found.errors)")
        return try ControlJSON.decode([SearchHit].self, from: found.output.utf8)
    }

    @Test func `stumpctl finds books and series as a person types them`() async throws {
        #expect(try await search("senor", "gato").map(\.kind) == ["series", "book", "book"])
        #expect(try await search("gato", "2").map(\.book?.name) == ["Señor Gato 002.cbz"])
        #expect(try await search("巨人").map(\.kind) == ["series", "book"])
        #expect(try await search("seonr gato").first?.match == "similar")
        #expect(try await search("🦸‍♂️").isEmpty)
        let screen = try await daemon.control("search", "gat")
        #expect(screen.output.contains("FOUND") && screen.output.contains("Señor Gato 002.cbz"))
        #expect(try await daemon.control("search", "nobody", "knows").output == "")
    }

    @Test func `a folder that was renamed is found by its new name`() async throws {
        try home.directory.rename("library/Señor Gato", to: "library/Capitán Perro")
        try await daemon.settle()
        #expect(try await search("capitan").map(\.kind).first == "series")
        #expect(try await search("capitan", "2").count == 1)
    }

    @Test func `a query that is empty, too long or of another shape is refused, and none is a fault`() async throws {
        let status = { (query: [String: String?]) in
            try await daemon.client.send(ControlRequest(.search, query: query)).status
        }
        #expect(try await status([:]) == 422)
        #expect(try await status(["q": ""]) == 422)
        #expect(try await status(["q": String(repeating: "x", count: 5000)]) == 422)
        #expect(try await status(["q": "a", "limit": "0"]) == 422)
        #expect(try await status(["q": "a", "library": "No Name"]) == 422)
        for query in ["\"", "a\u{0}b", "NEAR(", "*", "a OR", "{title}:", "\u{FFFF}", "-", "^", "😀 gato"] {
            #expect(try await status(["q": query]) == 200, "\(query)")
        }
    }

    @Test func `the figures are those of the library`() async throws {
        let answer = try await daemon.control("stats", "--json")
        let statistics = try ControlJSON.decode(IndexStatistics.self, from: answer.output.utf8)
        #expect(statistics.total.books == 3 && statistics.total.series == 2 && statistics.total.pages == 9)
        #expect(statistics.libraries.map(\.name) == ["books"] && statistics.libraries[0].counts == statistics.total)
        #expect(statistics.formats.map(\.format) == ["cbz"] && statistics.formats[0].books == 3)
        #expect(statistics.thumbnails.files == 3 && statistics.thumbnails.sizeBytes > 0)
        #expect(statistics.database.sizeBytes > 100_000)
        #expect(statistics.jobs.contains { $0.kind == "thumbnail_generation" && $0.completed >= 1 })
        let screen = try await daemon.control("stats")
        #expect(screen.code == 0 && screen.output.contains("FORMAT") && screen.output.contains("Thumbnails"))
    }
}
