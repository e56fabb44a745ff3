// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

@Suite("Manual pages and completions tell of everything, and work where they are read")
struct ManualTests {
    /// What `make man completions` writes.
    private static let share = FilePath(Program.built).removingLastComponent().removingLastComponent()
        .appending("share")

    private static let sources = FilePath("\(#filePath)").removingLastComponent().removingLastComponent()
        .removingLastComponent()

    private func page(_ name: String) throws -> String {
        let text = Program.text(ManualTests.share.appending("man/\(name)").string)
        try #require(!text.isEmpty, "type `make man completions PROGRAMS=.build/debug`")
        return text
    }

    @Test(arguments: ["stumpctl.1", "stumpd.8", "stumpd.toml.5", "stump-api.7"])
    func `a page has no fault that mandoc knows of`(name: String) async throws {
        let judge = try #require(Program.installed("mandoc"), "Debian's mandoc is needed: make test installs it")
        _ = try page(name)
        let file = ManualTests.share.appending("man/\(name)").string
        let found = try await Program.run(judge, ["-T", "lint", "-W", "warning", file])
        #expect(found.code == 0, "\(found.output)")
        #expect(found.output.isEmpty)
    }

    @Test func `every route of the API is in stump-api(7)`() throws {
        let text = try page("stump-api.7")
        let source = Program.text(ManualTests.sources.appending("Sources/ControlAPI/Route.swift").string)
        let routes = source.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: "\"")
            guard line.contains("= Route(."), words.count > 1 else { return nil }
            return (line.contains("Route(.post") ? "POST" : "GET") + " Pa \(words[1])"
        }
        #expect(routes.count > 30)
        for route in routes { #expect(text.contains(".It \(route)"), "\(route)") }
    }

    @Test func `every command and option of stumpctl is in stumpctl(1), and every option of stumpd in stumpd(8)`()
        async throws
    {
        for (program, name) in [("stumpctl", "stumpctl.1"), ("stumpd", "stumpd.8")] {
            let help = try await Program.run("\(Program.built)/\(program)", ["--experimental-dump-help"]).output
            let tool = try JSONDecoder().decode(Tool.self, from: Data(help.utf8))
            let text = try page(name).replacing("\\-", with: "-")
            for command in tool.command.all where program == "stumpctl" && command.subcommands == nil {
                #expect(text.contains(".Ss \(command.path)\n"), "\(command.path)")
            }
            for argument in tool.command.all.flatMap({ $0.arguments ?? [] }) {
                for name in argument.names ?? [] where !["help", "version", "h"].contains(name.name) {
                    let flag = name.kind == "long" ? "-\(name.name)" : name.name
                    #expect(text.contains("Fl \(flag)"), "--\(name.name)")
                }
            }
        }
    }

    @Test func `every key that the example configuration explains is in stumpd.toml(5)`() throws {
        let text = try page("stumpd.toml.5")
        let example = Program.text(ManualTests.sources.appending("etc/stumpd.toml").string)
        let keys = example.split(separator: "\n").compactMap { line -> Substring? in
            let bare = line.drop { $0 == "#" }
            guard bare.first?.isLetter == true, let end = bare.firstRange(of: " = ") else { return nil }
            return bare[..<end.lowerBound]
        }
        #expect(keys.count > 20)
        for key in keys { #expect(text.contains(".It Ic \(key) No ="), "\(key)") }
    }

    @Test func `shells complete commands, and libraries and jobs as they are now`() async throws {
        let home = try RunningDaemon.Home()
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let job = try #require(try await daemon.client.all(JobSummary.self, ControlRequest(.jobs)).first?.id)
        for shell in ["bash", "zsh", "fish"] {
            let program = try #require(Program.installed(shell), "Debian's \(shell) is needed: make test installs it")
            let complete = { try await self.completions(of: $0, in: shell, program, home.socket) }
            #expect(try await complete(["jobs", ""]).contains("cancel"), "\(shell)")
            #expect(try await complete(["books", "list", "--state", "mis"]) == ["missing"], "\(shell)")
            // Only at a prompt does fish tell a completion what has been typed; a number is in what terminals are told, too.
            if shell == "fish" {
                #expect(try await completedAtPrompt("stumpctl libraries show ", by: "books", program, home.socket))
                continue
            }
            #expect(try await complete(["libraries", "show", ""]) == ["books"], "\(shell)")
            #expect(try await complete(["jobs", "show", ""]).contains("\(job)"), "\(shell)")
        }
        #expect(await daemon.end(by: SIGTERM) == 0)
        let shell = try #require(Program.installed("bash"))
        #expect(try await completions(of: ["libraries", "show", ""], in: "bash", shell, home.socket).isEmpty)
    }

    /// Whether fish, at a terminal, comes to show a word behind a line that is typed and a tabulator.
    private func completedAtPrompt(
        _ line: String,
        by word: String,
        _ fish: String,
        _ socket: String
    ) async throws -> Bool {
        let script = """
            import os, pty, select, signal, sys
            line, word, fish, completions = sys.argv[1:]
            child, terminal = pty.fork()
            if child == 0:
                prompt = "source '%s'; function fish_prompt; echo REA''DY; end" % completions
                os.execv(fish, [fish, "--no-config", "--interactive", "--init-command", prompt])
            def shows(wanted):
                text = b""
                while wanted not in text and select.select([terminal], [], [], 20)[0]:
                    text += os.read(terminal, 65536)
                return wanted in text
            ready = shows(b"READY")
            os.write(terminal, line.encode() + b"\t")
            found = ready and shows(word.encode())
            os.kill(child, signal.SIGKILL)
            print("shown" if found else "not shown")
            """
        let python = try #require(Program.installed("python3"))
        let completions = ManualTests.share.appending("completions/stumpctl.fish").string
        let result = try await Program.run(
            python,
            ["-c", script, line, word, fish, completions],
            environment: [
                "PATH": "\(Program.built):/usr/bin:/bin", "STUMP_SOCKET": socket, "TERM": "xterm", "HOME": "/",
            ]
        )
        return result.output == "shown\n"
    }

    /// What a shell offers behind `stumpctl` and these words.
    private func completions(
        of words: [String],
        in shell: String,
        _ program: String,
        _ socket: String
    ) async throws -> [String] {
        let folder = ManualTests.share.appending("completions")
        // Without anybody's own settings.
        let plain = ["bash": ["--noprofile", "--norc"], "zsh": ["-f"], "fish": ["--no-config"]]
        let line = (["stumpctl"] + words).joined(separator: " ")
        let script: String
        switch shell {
        case "bash":
            script = """
                source '\(folder)/stumpctl'; COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
                COMP_WORDS=(stumpctl \(words.map { "'\($0)'" }.joined(separator: " "))); COMP_CWORD=\(words.count)
                _stumpctl stumpctl '\(words.last ?? "")' '\(words.dropLast().last ?? "stumpctl")'
                printf '%s\\n' "${COMPREPLY[@]}"
                """
        case "zsh":
            // The completion system wants a line editor; what it would add is written instead. The prompt is there when the
            // editor has taken the terminal, which would take ^U for an order to itself before.
            script = """
                zmodload zsh/zpty; zpty shell zsh -f -i
                zpty -w shell "PROMPT=; fpath=('\(folder)' \\$fpath); autoload -Uz compinit; compinit -D -u"
                zpty -w shell "compadd() { builtin compadd -O hits \\"\\$@\\"
                builtin compadd \\"\\$@\\"; print -l -- X\\$^hits; }"
                zpty -w shell "PROMPT=REA''DY"; zpty -r -m shell text '*READY*'
                zpty -w -n shell "\(line)"$'\\t'; zpty -w shell $'\\x15'
                zpty -w shell "print DO''NE"; zpty -r -m shell text '*DONE*'
                print -r -- $text | tr -d '\\r' | sed -n 's/^.*X\\([A-Za-z0-9_-]*\\)$/\\1/p' | sort -u
                zpty -d shell
                """
        default: script = "source '\(folder)/stumpctl.fish'; complete -C '\(line)'"
        }
        let found = try await Program.run(
            program,
            (plain[shell] ?? []) + ["-c", script],
            environment: ["PATH": "\(Program.built):/usr/bin:/bin", "STUMP_SOCKET": socket, "TERM": "dumb"]
        )
        return found.output.split(separator: "\n").map { line in
            String(line.split(separator: "\t").first ?? "").trimmingSpaces
        }.filter { !$0.isEmpty }
    }

    private struct Tool: Decodable {
        var command: Command
    }

    private struct Command: Decodable {
        var superCommands: [String]?
        var commandName: String
        var shouldDisplay: Bool?
        var arguments: [Argument]?
        var subcommands: [Command]?

        /// Without the program's name.
        var path: String { ((superCommands ?? []).dropFirst() + [commandName]).joined(separator: " ") }

        var all: [Command] {
            let below = (subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay ?? true }
            return [self] + below.flatMap(\.all)
        }
    }

    private struct Argument: Decodable {
        var names: [Name]?
    }

    private struct Name: Decodable {
        var kind: String
        var name: String
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
