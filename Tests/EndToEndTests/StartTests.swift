// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

@Suite("stumpd starts right, or says in one line why not")
struct StartTests {
    private func stumpd(_ arguments: [String]) async throws -> Program.Result {
        try await Program.run("\(Program.built)/stumpd", arguments)
    }

    /// What every refusal has: an error, at most a hint, and no more.
    private func expect(_ result: Program.Result, code: Int32, _ words: String) {
        #expect(result.code == code, "\(result.errors)")
        #expect(result.errors.hasPrefix("stumpd: error: "))
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test func `READY=1 comes when the socket answers, and not before its mode is right`() async throws {
        let daemon = try await RunningDaemon(RunningDaemon.Home())
        // The daemon has said READY=1; nothing but an immediate answer is right now.
        #expect(try await daemon.client.get(HealthReport.self, ControlRequest(.health)).healthy)
        var facts = stat()
        #expect(lstat(daemon.home.socket, &facts) == 0)
        #expect(facts.st_mode & S_IFMT == S_IFSOCK)
        #expect(facts.st_mode & 0o777 == 0o600)
        #expect(lstat(daemon.home.directory.path.appending("run").string, &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o700)
    }

    @Test func `a service's socket is its group's too, and its database nobody else's`() async throws {
        let daemon = try await RunningDaemon(RunningDaemon.Home(isService: true))
        var facts = stat()
        #expect(lstat(daemon.home.socket, &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o660)
        #expect(lstat(daemon.home.database, &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o600)
        #expect(try await daemon.control("status").code == 0)
    }

    @Test func `a second daemon on the same state ends with 69 and leaves the first alone`() async throws {
        let daemon = try await RunningDaemon(RunningDaemon.Home())
        expect(try await stumpd(daemon.home.arguments), code: 69, "another stumpd (process \(daemon.process))")
        #expect(try await daemon.status().state == "ready")
    }

    @Test func `a second daemon on the same socket ends with 69 and leaves the first its name`() async throws {
        let daemon = try await RunningDaemon(RunningDaemon.Home())
        let other = try RunningDaemon.Home()
        var arguments = other.arguments
        arguments[arguments.count - 1] = daemon.home.socket
        expect(try await stumpd(arguments), code: 69, "answers at")
        #expect(try await daemon.status().state == "ready")
    }

    @Test func `a state directory that cannot be one ends with 74`() async throws {
        let home = try RunningDaemon.Home()
        try home.directory.write("state")
        expect(try await stumpd(home.arguments), code: 74, "state")
    }

    @Test func `a socket path that the kernel cannot take ends with 64`() async throws {
        let home = try RunningDaemon.Home()
        let long = home.directory.path.appending(String(repeating: "x", count: 120)).string
        expect(try await stumpd(home.arguments.dropLast() + [long]), code: 64, "at most 107")
    }

    @Test func `a database of a newer version ends with 65 and is not touched`() async throws {
        let judge = try #require(Program.installed("sqlite3"), "Debian's sqlite3 is needed: make test installs it")
        let home = try RunningDaemon.Home()
        let daemon = try await RunningDaemon(home)
        #expect(await daemon.end(by: SIGTERM) == 0)
        let newer = "INSERT INTO grdb_migrations VALUES ('99 the future'); PRAGMA journal_mode = DELETE"
        #expect(try await Program.run(judge, [home.database, newer]).code == 0)
        let before = FileManager.default.contents(atPath: home.database)
        expect(try await stumpd(home.arguments), code: 65, "newer version")
        #expect(FileManager.default.contents(atPath: home.database) == before)
    }

    @Test func `a file that is no database ends with 65 and is not touched`() async throws {
        let home = try RunningDaemon.Home()
        try home.directory.makeDirectory("state")
        try home.directory.write("state/stump.db", Array(String(repeating: "not a database ", count: 500).utf8))
        expect(try await stumpd(home.arguments), code: 65, "damaged")
        #expect(Program.text(home.database).hasPrefix("not a database"))
    }

    @Test func `a refused configuration ends with 78 and names file, line and column`() async throws {
        let home = try RunningDaemon.Home()
        let file = home.directory.path.appending("stumpd.toml").string
        try home.directory.write("stumpd.toml", Array("[daemon]\nworkers = 2\nwrokers = 3\n".utf8))
        expect(try await stumpd(["--config", file, "--check-config"]), code: 78, "\(file):3:1:")
        let asked = try await Program.run("\(Program.built)/stumpctl", ["config", "check", file])
        #expect(asked.code == 78)
        #expect(asked.errors.contains("\(file):3:1:"))
    }

    @Test func `an accepted configuration is said to be one, without a daemon`() async throws {
        let home = try RunningDaemon.Home()
        let file = home.directory.path.appending("stumpd.toml").string
        let text = "[[library]]\nname = \"books\"\nroot = \"\(home.library)\"\n"
        try home.directory.write("stumpd.toml", Array(text.utf8))
        let result = try await stumpd(["--config", file, "--check-config"])
        #expect(result.code == 0 && result.output.contains("accepted"))
    }

    @Test func `a root that is not there is offline, the other library works, and nothing is missing`() async throws {
        let home = try RunningDaemon.Home()
        try home.directory.write("library/1.cbz", BookBuilder.comic(pages: 1))
        try home.directory.makeDirectory("disk")
        try home.directory.write("disk/2.cbz", BookBuilder.comic(pages: 1))
        let extra = ["--library", "disk=\(home.directory.path.appending("disk"))"]
        let daemon = try await RunningDaemon(home, extra)
        try await daemon.settle()
        #expect(await daemon.end(by: SIGTERM) == 0)
        try home.directory.rename("disk", to: "unmounted")

        let next = try await RunningDaemon(home, extra)
        try await next.settle()
        let status = try await next.status()
        #expect(status.state == "degraded")
        #expect(status.libraries.map(\.state) == ["online", "offline"])
        #expect(status.warnings.contains { $0.code == "root_offline" && $0.hint?.isEmpty == false })
        #expect(try await next.books().map(\.state) == ["ready", "ready"])
        let scan = try await next.control("scan", "disk", "--wait")
        #expect(scan.code == 20, "\(scan.errors)")

        try home.directory.rename("unmounted", to: "disk")
        #expect(try await next.control("scan", "disk", "--wait").code == 0)
        #expect(try await next.status().state == "ready")
    }

    @Test func `the daemon and stumpctl link no parser of untrusted bytes`() async throws {
        let judge = try #require(Program.installed("ldd"))
        for program in ["stumpd", "stumpctl"] {
            let linked = try await Program.run(judge, ["\(Program.built)/\(program)"]).output
            #expect(linked.contains("libc.so"))
            for library in ["archive", "unarr", "jpeg", "png", "webp", "xml2", "poppler", "gif", "heif", "jxl"] {
                #expect(!linked.contains("lib\(library)"), "\(program) links \(library)")
            }
        }
    }

    @Test func `a worker has no new privileges and a system call filter`() async throws {
        let home = try RunningDaemon.Home()
        try home.directory.write("library/1.cbz", BookBuilder.comic(pages: 1))
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.process)/task")
        let workers = tasks.flatMap { task in
            Program.text("/proc/\(daemon.process)/task/\(task)/children").split(separator: " ").map(String.init)
        }
        #expect(!workers.isEmpty)
        for worker in workers {
            let status = Program.text("/proc/\(worker)/status")
            #expect(status.contains("NoNewPrivs:\t1"))
            #expect(status.contains("Seccomp:\t2"))
        }
        #expect(try await daemon.status().workers.sandbox.seccomp)
    }
}
