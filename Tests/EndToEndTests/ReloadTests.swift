// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

@Suite("A new configuration is in force without a restart", .timeLimit(.minutes(3)))
struct ReloadTests {
    /// Two series in `library`, one book in `other`; the file names `library` alone.
    private func home() throws -> RunningDaemon.Home {
        var home = try RunningDaemon.Home()
        for (number, name) in ["library/Saga/1", "library/Saga/2", "library/Bone/1", "other/Tintin/1"].enumerated() {
            let file = FilePath("\(name).cbz")
            try home.directory.makeDirectory(file.removingLastComponent())
            try home.directory.write(file, BookBuilder.comic(pages: 2, tint: UInt8(number)))
        }
        home.configuration = DaemonFile(libraries: ["books": home.library])
        return home
    }

    private func write(_ text: String, in home: RunningDaemon.Home) throws {
        try home.directory.write("stumpd.toml", Array(text.utf8))
    }

    private func library(_ name: String, _ root: FilePath, _ more: String = "") -> String {
        "[[library]]\nname = \"\(name)\"\nroot = \"\(root)\"\n\(more)\n"
    }

    private func reload(_ daemon: RunningDaemon) async throws -> ReloadReport {
        let result = try await daemon.control("reload", "--json")
        try #require(result.code == 0, "\(result.errors)")
        return try ControlJSON.decode(ReloadReport.self, from: result.output.utf8)
    }

    private func paths(_ daemon: RunningDaemon) async throws -> [String] {
        try await daemon.records().filter { $0.state == "ready" }.map { "\($0.library) \($0.path)" }
    }

    private static let ownPaths = ["books Bone/1.cbz", "books Saga/1.cbz", "books Saga/2.cbz"]

    @Test func `libraries come, go and are back with their books, and the others are not disturbed`() async throws {
        let home = try home()
        let other = home.directory.path.appending("other")
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let jobs = try await daemon.jobs().filter { $0.library == "books" }
        let directories = try await daemon.library("books").watch.directories

        try write(library("books", home.library) + library("other", other), in: home)
        let added = try await reload(daemon)
        #expect(added.added == ["other"] && added.removed.isEmpty && added.changed.isEmpty && added.keys.isEmpty)
        #expect(added.file == home.directory.path.appending("stumpd.toml").string)
        try await daemon.settle()
        #expect(try await paths(daemon) == Self.ownPaths + ["other Tintin/1.cbz"])
        try await daemon.holds(
            at: "book.added",
            after: { try home.directory.write("other/Tintin/2.cbz", BookBuilder.comic(pages: 1, tint: 9)) },
            when: { try await paths(daemon).contains("other Tintin/2.cbz") }
        )
        try await daemon.settle()
        let records = try await daemon.records()

        try write(library("books", home.library), in: home)
        #expect(try await reload(daemon).removed == ["other"])
        #expect(try await daemon.status().libraries.map(\.name) == ["books"])
        try home.directory.write("other/Tintin/3.cbz", BookBuilder.comic(pages: 1, tint: 12))
        try await daemon.settle()
        #expect(try await daemon.records().filter { $0.path == "Tintin/3.cbz" }.isEmpty)

        try write(library("books", home.library) + library("other", other), in: home)
        #expect(try await reload(daemon).added == ["other"])
        try await daemon.settle()
        #expect(try await daemon.records().filter { $0.path != "Tintin/3.cbz" } == records)
        #expect(try await paths(daemon).contains("other Tintin/3.cbz"))
        #expect(try await daemon.jobs().filter { $0.library == "books" } == jobs)
        #expect(try await daemon.library("books").watch.directories == directories)
        try await daemon.holds(
            at: "book.added",
            after: { try home.directory.write("library/Saga/3.cbz", BookBuilder.comic(pages: 1, tint: 10)) },
            when: { try await paths(daemon).contains("books Saga/3.cbz") }
        )
        #expect(await daemon.end(by: SIGTERM) == 0)
    }

    @Test func `another root keeps every id, and other rules are in force at once`() async throws {
        let home = try home()
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let records = try await daemon.records()
        try home.directory.rename("library", to: "elsewhere")
        let root = home.directory.path.appending("elsewhere")
        try write(library("books", root), in: home)
        #expect(try await reload(daemon).changed == [ReloadReport.Change(name: "books", keys: ["root"])])
        try await daemon.settle()
        #expect(try await daemon.records() == records)

        try write(library("books", root, "ignore = [\"Saga/\"]"), in: home)
        #expect(try await reload(daemon).changed == [ReloadReport.Change(name: "books", keys: ["ignore"])])
        try await daemon.settle()
        #expect(try await paths(daemon) == ["books Bone/1.cbz"])
        #expect(try await daemon.library("books").counts.missing == 0)
        try write(library("books", root), in: home)
        _ = try await reload(daemon)
        try await daemon.settle()
        #expect(try await daemon.records() == records)
        try await daemon.holds(
            at: "book.added",
            after: { try home.directory.write("elsewhere/Bone/2.cbz", BookBuilder.comic(pages: 1, tint: 11)) },
            when: { try await paths(daemon).contains("books Bone/2.cbz") }
        )
    }

    @Test func `a file that is refused changes nothing, and is told by line and column`() async throws {
        let home = try home()
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let shown = try await daemon.control("config", "show").output
        try write(library("books", home.library) + "[daemon]\nlog_levle = \"debug\"\nworkers = -1\n", in: home)
        let refused = try await daemon.control("reload")
        #expect(refused.code == 78 && refused.output.isEmpty)
        let file = home.directory.path.appending("stumpd.toml")
        for line in [
            "stumpctl: error: \(file):6:1: unknown key `daemon.log_levle`", "stumpctl: error: \(file):7:", "hint: ",
        ] { #expect(refused.errors.contains(line), "\(refused.errors)") }
        let object = try await daemon.control("reload", "--json")
        #expect(object.errors.contains("\"code\":\"configuration_refused\"") && object.code == 78)
        try home.directory.remove("stumpd.toml")
        #expect(try await daemon.control("reload").code == 78)
        #expect(try await daemon.control("config", "show").output == shown)
        try await daemon.holds(
            at: "book.added",
            after: { try home.directory.write("library/Saga/3.cbz", BookBuilder.comic(pages: 1, tint: 10)) },
            when: { try await paths(daemon).contains("books Saga/3.cbz") }
        )
    }

    @Test func `a hangup reloads too, and the service manager is told when it begins and ends`() async throws {
        let home = try home()
        let daemon = try await RunningDaemon(home)
        try write(library("books", home.library, "schedule = \"03:30\"") + "[daemon]\nworkers = 3\n", in: home)
        let told = try await daemon.told(of: "config.reloaded") { kill(daemon.process, SIGHUP) }
        guard case .object(let data) = told.event.data else {
            Issue.record("\(told.event.data)")
            return
        }
        #expect(data["keys"] == .array([.string("daemon.workers")]))
        let begin = await daemon.message()
        #expect(begin.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        #expect(await daemon.message().hasPrefix("READY=1\nSTATUS=1 library"))
        let status = try await daemon.status()
        #expect(status.workers.size == 3)
        #expect(status.schedules.contains { $0.library == "books" && $0.spec == "03:30" })
    }

    @Test func `books are read by the settings that are in force when a job begins`() async throws {
        let home = try home()
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        #expect(try await daemon.books().allSatisfy { $0.hash == nil })
        try write(library("books", home.library, "hash = true"), in: home)
        _ = try await reload(daemon)
        try await daemon.settle()
        #expect(try await daemon.books().allSatisfy { $0.hash != nil })
    }

    @Test func `a scan goes on by the new rules when they change while it runs`() async throws {
        let home = try home()
        for number in 0..<400 {
            let name = FilePath("library/Many/\(number).cbz")
            try home.directory.makeDirectory("library/Many")
            try home.directory.write(name, BookBuilder.comic(pages: 2, tint: UInt8(number % 250)))
        }
        let daemon = try await RunningDaemon(home)
        try write(library("books", home.library, "hash = true\nignore = [\"Bone/\"]"), in: home)
        _ = try await reload(daemon)
        try await daemon.settle()
        let books = try await daemon.books().filter { $0.state == "ready" }
        #expect(books.count == 402 && books.allSatisfy { $0.hash != nil })
        #expect(try await daemon.jobs().allSatisfy { $0.state == "completed" })
    }

    @Test func `what is shown of a configuration is one that is accepted, and means the same`() async throws {
        let home = try home()
        let text = """
            [daemon]
            log_level = "notice"
            history = "36h"
            purge_missing = "90d"
            [watch]
            quiet = "250ms"
            \(library("books", home.library, "ignore = ['a \"b\"/', '\\#c']\nschedule = '30 3 * * mon-fri'"))
            [library.thumbnails]
            scale = 0.75
            [library.conversion]
            to_cbz = ["cb7", "cbt"]
            """
        let daemon = try await RunningDaemon(home)
        try write(text, in: home)
        _ = try await reload(daemon)
        let shown = try await daemon.control("config", "show").output
        try write(shown, in: home)
        let again = try await reload(daemon)
        #expect(again.keys.isEmpty && again.added.isEmpty && again.removed.isEmpty && again.changed.isEmpty, "\(shown)")
    }
}
