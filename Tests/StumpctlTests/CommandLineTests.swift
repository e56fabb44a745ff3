// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI
import Testing

@testable import stumpctl

@Suite("The command line means what it says")
struct CommandLineTests {
    @Test(arguments: [
        ["--json", "--socket", "/x", "status"], ["status", "--json", "--socket", "/x"],
        ["--json", "status", "--socket", "/x"],
    ])
    func `global options may stand before a command or after`(arguments: [String]) throws {
        let command = try #require(try Stumpctl.parseAsRoot(arguments) as? Status)
        #expect(command.options.json)
        #expect(command.options.socket == "/x")
    }

    @Test func `a list is what a bare noun asks for`() throws {
        let command = try #require(try Stumpctl.parseAsRoot(["jobs", "--state", "running", "--json"]) as? JobsList)
        #expect(command.state == "running")
        #expect(command.options.json)
        #expect(try Stumpctl.parseAsRoot(["books", "show", "7"]) is BooksShow)
    }

    @Test(arguments: [
        ["jobs", "--limit", "0"], ["config", "check", "--json"], ["--json", "config", "check"],
        ["status", "--timeout", "soon"], ["status", "--color", "pink"], ["scan", "--metadata"],
    ])
    func `what makes no sense or does nothing is refused`(arguments: [String]) {
        #expect(throws: (any Error).self) { try Stumpctl.parseAsRoot(arguments) }
    }

    @Test func `stumpd is looked for beside stumpctl first`() {
        let places = ConfigCheck.places(ownPath: "/opt/stump/stumpctl", searchPath: "/bin:/usr/bin")
        #expect(places == ["/opt/stump/stumpd", "/usr/sbin/stumpd", "/bin/stumpd", "/usr/bin/stumpd"])
    }

    @Test func `no colour where none is wanted`() {
        #expect(Terminal.isPlain(["NO_COLOR": "1"]))
        #expect(Terminal.isPlain(["TERM": "dumb"]))
        #expect(!Terminal.isPlain(["NO_COLOR": "", "TERM": "xterm"]))
        #expect(Paint(isOn: false).state("failed") == "failed")
        #expect(Paint(isOn: true).state("failed") == "\u{1b}[31mfailed\u{1b}[0m")
    }

    @Test func `a list of many pages is one array`() throws {
        var array = JSONArray()
        #expect(String(decoding: array.end, as: UTF8.self) == "[]\n")
        var bytes = try array.absorb([1, 2])
        bytes += try array.absorb([Int]())
        bytes += try array.absorb([3])
        #expect(String(decoding: bytes + array.end, as: UTF8.self) == "[1,\n2,\n3]\n")
    }
}
