// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

@Suite("stumpctl and curl are answered by the real daemon")
struct CommandTests {
    @Test func `exit codes tell apart what went wrong`() async throws {
        let home = try RunningDaemon.Home()
        let stumpctl = "\(Program.built)/stumpctl"
        let lonely = try await Program.run(stumpctl, ["status", "--socket", home.socket])
        #expect(lonely.code == 10)
        #expect(lonely.errors.contains("hint: "))
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        #expect(try await daemon.control("status").code == 0)
        #expect(try await daemon.control("health").code == 0)
        #expect(try await daemon.control("books", "show", "999").code == 12)
        #expect(try await daemon.control("scan", "nowhere").code == 12)
        #expect(try await daemon.control("jobs", "cancel", "1").code == 13)
        #expect(try await daemon.control("books", "--state", "purple").code == 64)
        let problem = try await daemon.control("jobs", "show", "999", "--json")
        #expect(problem.code == 12)
        #expect(problem.errors.contains("\"code\":\"not_found\""))
    }

    @Test func `a scan of one path reads that path alone`() async throws {
        let home = try RunningDaemon.Home()
        try home.directory.makeDirectory("library/A")
        try home.directory.makeDirectory("library/B")
        try home.directory.write("library/A/1.cbz", BookBuilder.comic(pages: 1))
        try home.directory.write("library/B/1.cbz", BookBuilder.comic(pages: 1))
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let path = home.library.appending("A").string
        let scan = try await daemon.control("scan", "--path", path, "--force", "--wait", "--json")
        let job = try #require(try ControlJSON.decode([JobSummary].self, from: scan.output.utf8).first)
        #expect(job.kind == "series_scan")
        #expect(job.paths == ["A"])
        #expect(job.report?.totalFiles == 1)
        #expect(job.report?.updatedMedia == 1)
        let outside = try await daemon.control("scan", "books", "--path", "/etc")
        #expect(outside.code != 0)
    }

    @Test func `curl reads the status, a problem, and a thumbnail that it has already`() async throws {
        let curl = try #require(Program.installed("curl"), "Debian's curl is needed: make test installs it")
        let home = try RunningDaemon.Home()
        try home.directory.write("library/1.cbz", BookBuilder.comic(pages: 1))
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let ask = { (arguments: [String]) in
            try await Program.run(curl, ["-s", "--unix-socket", home.socket] + arguments).output
        }
        let status = try ControlJSON.decode(DaemonStatus.self, from: try await ask(["http://stump/v1/status"]).utf8)
        #expect(status.libraries.first?.counts.books == 1)
        let refused = try await ask(["-i", "http://stump/v1/books/77"])
        #expect(refused.hasPrefix("HTTP/1.1 404"))
        #expect(refused.lowercased().contains("content-type: application/problem+json"))
        #expect(try await ask(["-i", "http://stump/v1/nowhere"]).hasPrefix("HTTP/1.1 404"))
        #expect(try await ask(["-i", "http://stump/v1/books?colour=red"]).hasPrefix("HTTP/1.1 422"))
        #expect(
            try await ask(["-i", "-X", "POST", "-d", "{\"forse\":true}", "http://stump/v1/libraries/books/scan"])
                .hasPrefix("HTTP/1.1 422")
        )
        let id = try #require(try await daemon.books().first?.id)
        let url = "http://stump" + Route.thumbnail.path(id)
        let head = try await ask(["-o", "/dev/null", "-D", "-", url])
        let tag = try #require(
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("etag: ") }?.dropFirst(6)
        )
        #expect(try await ask(["-i", "-H", "If-None-Match: \(tag)", url]).hasPrefix("HTTP/1.1 304"))
    }

    @Test func `a thumbnail whose file was deleted is made again when it is asked for`() async throws {
        let home = try RunningDaemon.Home()
        try home.directory.write("library/1.cbz", BookBuilder.comic(pages: 1))
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        try home.directory.remove("cache/thumbnails")
        let id = try #require(try await daemon.books().first?.id)
        #expect(try await daemon.control("thumbnail", "\(id)", "-o", "/dev/null").code == 12)
        try await daemon.settle()
        #expect(try await daemon.control("thumbnail", "\(id)", "-o", "/dev/null").code == 0)
    }
}
