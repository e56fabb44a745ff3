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
        ["status", "--timeout", "soon"], ["status", "--color", "pink"], ["scan", "--mode", "fast"],
        ["jobs", "prune", "--older-than", "30"], ["jobs", "pause"], ["libraries", "pause"],
        ["follow", "--json"],
    ])
    func `what makes no sense or does nothing is refused`(arguments: [String]) {
        #expect(throws: (any Error).self) { try Stumpctl.parseAsRoot(arguments) }
    }

    @Test func `a scan takes every wish`() throws {
        let line = [
            "scan", "comics", "--path", "a", "--path", "b", "--force", "--metadata", "--hashes", "--thumbnails",
            "--mode", "sync", "--dry-run", "--follow", "--accept-losses",
        ]
        let scan = try #require(try Stumpctl.parseAsRoot(line) as? Scan)
        #expect(scan.places.libraries == ["comics"])
        #expect(scan.places.paths == ["a", "b"])
        #expect(scan.force && scan.metadata && scan.hashes && scan.thumbnails && scan.dryRun && scan.acceptLosses)
        #expect(scan.mode == .sync)
        #expect(scan.waiting.isWanted)
        let plain = try #require(try Stumpctl.parseAsRoot(["scan"]) as? Scan)
        #expect(plain.mode == nil)
        #expect(!plain.waiting.isWanted)
        #expect(!(plain.force || plain.metadata || plain.hashes || plain.thumbnails || plain.dryRun))
    }

    @Test func `jobs, libraries and the queue are told what to do by a verb`() throws {
        #expect(try (Stumpctl.parseAsRoot(["jobs", "pause", "7"]) as? JobsPause)?.id == 7)
        #expect(try (Stumpctl.parseAsRoot(["jobs", "resume", "7"]) as? JobsResume)?.id == 7)
        #expect(try (Stumpctl.parseAsRoot(["jobs", "retry", "7", "--wait"]) as? JobsRetry)?.waiting.isWanted == true)
        let prune = try Stumpctl.parseAsRoot(["jobs", "prune", "--older-than", "30d"]) as? JobsPrune
        #expect(prune?.olderThan == Age(.seconds(30 * 86_400)))
        #expect(try Stumpctl.parseAsRoot(["libraries"]) is LibrariesList)
        #expect(try (Stumpctl.parseAsRoot(["libraries", "show", "comics"]) as? LibrariesShow)?.name == "comics")
        #expect(try (Stumpctl.parseAsRoot(["libraries", "pause", "comics"]) as? LibrariesPause)?.name == "comics")
        #expect(try Stumpctl.parseAsRoot(["queue", "resume", "--json"]) is QueueResume)
        #expect(try (Stumpctl.parseAsRoot(["backup", "--wait"]) as? Backup)?.waiting.isWanted == true)
        #expect(try (Stumpctl.parseAsRoot(["analyze", "comics"]) as? Analyze)?.places.libraries == ["comics"])
        #expect(try Stumpctl.parseAsRoot(["follow"]) is Follow)
    }

    @Test func `every option and argument of every command has its help`() throws {
        func check(_ command: any ParsableCommand.Type) {
            let lines = command.helpMessage(columns: 400).split(separator: "\n").map(String.init) + [""]
            for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix("  -") || line.hasPrefix("  <") {
                // Behind the name, or in the line below where the name is long.
                let isExplained = line.drop { $0 == " " }.contains("  ") || next.hasPrefix("        ")
                #expect(isExplained, "\(command): \(line)")
            }
            for subcommand in command.configuration.subcommands { check(subcommand) }
        }
        check(Stumpctl.self)
    }

    @Test(arguments: [
        ("30d", Duration.seconds(2_592_000)), ("12h", .seconds(43_200)), ("2w", .seconds(1_209_600)), ("0m", .zero),
        ("1.5d", .seconds(129_600)),
    ])
    func `an age has a unit`(text: String, duration: Duration) {
        #expect(Age(argument: text) == Age(duration))
    }

    @Test(arguments: ["", "d", "30", "-1d", "30 d", "30s", "nand"])
    func `what is no age is refused`(text: String) {
        #expect(Age(argument: text) == nil)
    }

    @Test func `stumpd is looked for beside stumpctl first`() {
        let places = StumpdProgram.places(ownPath: "/opt/stump/stumpctl", searchPath: "/bin:/usr/bin")
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
