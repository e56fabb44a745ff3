// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

/// A machine as stumpctl finds it, with a service manager that says what a test wants; nothing of it is seen outside.
private struct Machine {
    let directory: TemporaryDirectory
    let mounts: PrivateMounts

    init() async throws {
        directory = try TemporaryDirectory()
        mounts = try await PrivateMounts(beside: directory)
        try await mounts.run("mount", "-t", "tmpfs", "run", "/run")
        try await mounts.run("mkdir", "-p", "/run/systemd/system", "/run/stump")
        try directory.makeDirectory("bin")
    }

    /// Has a program of the service manager run a shell script.
    func script(_ program: String, _ text: String) throws {
        let path = directory.path.appending("bin/\(program)").string
        try directory.write(FilePath("bin/\(program)"), Array("#!/bin/sh\n\(text)\n".utf8))
        chmod(path, 0o755)
    }

    /// Runs `stumpctl` here, from a place where there is no `stumpd` beside it.
    func control(_ arguments: String..., isInstalled: Bool = true) async throws -> Program.Result {
        var program = "\(Program.built)/stumpctl"
        if !isInstalled {
            program = directory.path.appending("bin/stumpctl").string
            try await mounts.run("cp", "\(Program.built)/stumpctl", program)
        }
        let words = mounts.entry + ["env", "PATH=\(directory.path)/bin:/usr/bin:/bin", program] + arguments
        return try await Program.run(words[0], Array(words.dropFirst()))
    }
}

/// A program in Python that goes on after it has said its first line.
private struct Background {
    private let process: pid_t

    init(_ program: String) async throws {
        let python = try #require(Program.installed("python3"), "Debian's python3 is needed")
        let starter = """
            import subprocess as s, sys; c = [sys.executable, "-c", sys.argv[1]]
            p = s.Popen(c, stdout=s.PIPE, stderr=s.DEVNULL)
            p.stdout.readline(); print(p.pid)
            """
        let started = try await Program.run(python, ["-c", starter, program])
        process = try #require(pid_t(started.output.split(separator: "\n").last ?? ""), "\(started.errors)")
    }

    func end() {
        kill(process, SIGKILL)
    }
}

@Suite("Why the daemon cannot be asked is told apart, in two lines", .withMounts, .timeLimit(.minutes(2)))
struct UnreachableTests {
    /// An error and a hint, and nothing else anywhere.
    private func expect(_ result: Program.Result, code: Int32, _ words: String, hint: String) {
        let lines = result.errors.split(separator: "\n")
        #expect(result.code == code, "\(result.errors)")
        #expect(result.output.isEmpty)
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("stumpctl: error: ") == true)
        #expect(lines.first?.contains(words) == true, "\(result.errors)")
        #expect(lines.last?.hasPrefix("hint: ") == true)
        #expect(lines.last?.contains(hint) == true, "\(result.errors)")
    }

    @Test func `a machine without stumpd is told so`() async throws {
        let machine = try await Machine()
        try machine.script("systemctl", "echo LoadState=not-found; echo ActiveState=inactive")
        let result = try await machine.control("status", isInstalled: false)
        expect(result, code: 10, "not installed", hint: "make install")
    }

    @Test func `a service that failed is told of with what systemd and the journal say`() async throws {
        let machine = try await Machine()
        try machine.script(
            "systemctl",
            "printf 'LoadState=loaded\\nActiveState=failed\\nResult=exit-code\\nExecMainStatus=78\\n'"
        )
        try machine.script("journalctl", "echo 'stumpd: error: unknown key'")
        let result = try await machine.control("status")
        let words = "exit-code, status 78); its last words: stumpd: error: unknown key"
        expect(result, code: 10, words, hint: "config check")
        let json = try await machine.control("books", "--json")
        #expect(json.errors.contains("\"code\":\"daemon_failed\""))
        #expect(json.errors.split(separator: "\n").count == 1)
    }

    @Test func `a service manager that hangs does not make stumpctl hang`() async throws {
        let machine = try await Machine()
        try machine.script("systemctl", "exec sleep 600")
        let began = ContinuousClock.now
        let result = try await machine.control("status")
        expect(result, code: 10, "there is no socket at", hint: "start it with")
        #expect(began.duration(to: .now) < .seconds(20))
    }

    @Test func `a service that starts is told apart from one that is stopped`() async throws {
        let machine = try await Machine()
        try machine.script(
            "systemctl",
            "printf 'LoadState=loaded\\nActiveState=activating\\nSubState=start\\nStatusText=checking the database\\n'"
        )
        expect(try await machine.control("status"), code: 10, "it is starting: checking", hint: "try again")
        try machine.script("systemctl", "printf 'LoadState=loaded\\nActiveState=inactive\\nUnitFileState=disabled\\n'")
        let stopped = try await machine.control("status")
        expect(stopped, code: 10, "(stumpd.service is inactive)", hint: "sudo systemctl enable --now stumpd")
    }

    @Test(.enabled(if: getuid() == 0, "another user is needed"))
    func `who may not use the socket is told of the group`() async throws {
        let machine = try await Machine()
        let daemon = try await RunningDaemon(RunningDaemon.Home())
        // The group of the user who asks is another, and the way there is open.
        let run = daemon.home.directory.path.appending("run").string
        try await machine.mounts.run("mount", "--bind", run, "/run/stump")
        try await machine.mounts.run("chmod", "755", "/run/stump")
        try await machine.mounts.run("chmod", "660", "/run/stump/stumpd.sock")
        try await machine.mounts.run("cp", "\(Program.built)/stumpctl", "/run/stumpctl")
        let stranger = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        let words = machine.mounts.entry + stranger + ["/run/stumpctl", "status"]
        let result = try await Program.run(words[0], Array(words.dropFirst()))
        expect(result, code: 11, "nobody is not in the group root", hint: "sudo usermod -aG root $USER")
    }

    @Test func `a daemon of another release is told of, where it is not understood`() async throws {
        let home = try RunningDaemon.Home()
        try home.directory.makeDirectory("run")
        let answer = "HTTP/1.1 200 OK\\r\\nstump-version: 9.9.9\\r\\ncontent-length: 2\\r\\n\\r\\n{}"
        let server = try await Background(
            """
            import socket; s = socket.socket(socket.AF_UNIX); s.bind("\(home.socket)"); s.listen(1)
            print("listening", flush=True)
            c, _ = s.accept(); c.recv(9999); c.sendall(b"\(answer)"); c.close()
            """
        )
        defer { server.end() }
        let result = try await Program.run("\(Program.built)/stumpctl", ["status", "--socket", home.socket])
        expect(result, code: 1, "stumpd is 9.9.9 and this stumpctl \(Release.version)", hint: "same release")
    }

    @Test func `while the database is looked through, whoever asks is told that the daemon is starting`() async throws {
        let home = try RunningDaemon.Home()
        let first = try await RunningDaemon(home)
        #expect(await first.end(by: SIGKILL) != 0)
        // Somebody else's lock keeps the daemon at its opening, for as long as it has patience.
        let keeper = try await Background(
            """
            import sqlite3, time; db = sqlite3.connect("\(home.database)", isolation_level=None)
            db.execute("PRAGMA locking_mode = EXCLUSIVE"); db.execute("BEGIN EXCLUSIVE")
            db.execute("DELETE FROM event"); print("locked", flush=True); time.sleep(600)
            """
        )
        defer { keeper.end() }
        let daemon = try await RunningDaemon(home, awaitsReady: false)
        var result = try await daemon.control("status")
        while result.errors.contains("nobody listens") || result.errors.contains("no socket") {
            result = try await daemon.control("status")
        }
        expect(result, code: 10, "stumpd is starting", hint: "moment")
    }
}
