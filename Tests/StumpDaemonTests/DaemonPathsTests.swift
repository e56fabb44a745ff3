// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import StumpDaemon
import SystemPackage
import Testing

@Suite("State, cache and socket are where users look for them")
struct DaemonPathsTests {
    private let service = [
        "STATE_DIRECTORY": "/var/lib/stump:/var/lib/other", "CACHE_DIRECTORY": "/var/cache/stump",
        "RUNTIME_DIRECTORY": "/run/stump", "HOME": "/nonexistent",
    ]

    private func surroundings(_ environment: [String: String]) -> DaemonPaths.Surroundings {
        .init(environment: environment, user: 1000, workingDirectory: "/here")
    }

    private func paths(_ environment: [String: String]) throws -> [FilePath] {
        let paths = try DaemonPaths(surroundings(environment))
        return [paths.state, paths.cache, paths.socket]
    }

    @Test func `a service has the directories that systemd made`() throws {
        #expect(try paths(service) == ["/var/lib/stump", "/var/cache/stump", "/run/stump/stumpd.sock"])
    }

    @Test func `a user has those of the XDG specification`() throws {
        let xdg = ["XDG_STATE_HOME": "/s", "XDG_CACHE_HOME": "/c", "XDG_RUNTIME_DIR": "/run/user/1000"]
        #expect(try paths(xdg) == ["/s/stump", "/c/stump", "/run/user/1000/stump/stumpd.sock"])
        let home = ["HOME": "/home/me", "XDG_STATE_HOME": "relative", "XDG_CACHE_HOME": ""]
        #expect(
            try paths(home)
                == ["/home/me/.local/state/stump", "/home/me/.cache/stump", "/tmp/stump-1000/stumpd.sock"]
        )
        #expect(try paths(["HOME": "/h", "TMPDIR": "/t"]).last == "/t/stump-1000/stumpd.sock")
    }

    @Test func `a backup goes where it came from, unless a flag says otherwise`() throws {
        func state(_ backup: FilePath, flag: FilePath? = nil) throws -> FilePath {
            var here = surroundings(["HOME": "/root"])
            here.state = flag
            return try DaemonPaths.state(restoring: backup, here) { $0 == "/var/lib/stump" }
        }
        #expect(try state("/var/lib/stump/backups/stump-1.db") == "/var/lib/stump")
        #expect(try state("/var/lib/stump/backups/stump-1.db", flag: "other") == "/here/other")
        #expect(try state("/mnt/backups/stump-1.db") == "/root/.local/state/stump")
        #expect(try state("/var/lib/stump/stump.db.damaged-1") == "/root/.local/state/stump")
    }

    @Test func `flags win, relative to the working directory`() throws {
        var here = surroundings(service)
        here.state = "/mine"
        here.cache = "../cache"
        here.socket = "s.sock"
        let paths = try DaemonPaths(here)
        #expect([paths.state, paths.cache, paths.socket] == ["/mine", "/cache", "/here/s.sock"])
    }

    @Test func `no home and no flag is a usage error that names the flag`() {
        let fault = #expect(throws: DaemonPathsFault.self) { try DaemonPaths(surroundings([:])) }
        #expect(fault == .noHome(.state) && fault?.exitCode == 64 && fault?.remedy == "Type `stumpd --state DIR`.")
    }

    @Test(arguments: [(107, true), (108, false)])
    func `a socket's path has at most 107 bytes`(length: Int, isTaken: Bool) throws {
        var here = surroundings(service)
        here.socket = FilePath("/" + String(repeating: "s", count: length - 1))
        if isTaken {
            #expect(try DaemonPaths(here).socket.length == length)
            return
        }
        let fault = #expect(throws: DaemonPathsFault.self) { try DaemonPaths(here) }
        #expect(fault?.exitCode == 64 && fault?.summary.contains("108 bytes") == true)
        #expect(fault?.remedy?.contains("stumpd --socket /tmp/stump-1000/stumpd.sock") == true)
    }

    @Test func `directories are made for this user alone and left empty`() throws {
        let scratch = try ScratchDirectory()
        let paths = try DaemonPaths(surroundings(["HOME": "\(scratch.path)/home", "TMPDIR": "\(scratch.path)"]))
        try paths.prepare()
        try paths.prepare()
        for directory in [paths.state, paths.cache] {
            var status = stat()
            try #require(stat(directory.string, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
            #expect(rmdir(directory.string) == 0)
        }
    }

    @Test func `a place that cannot be written is told before anything starts`() throws {
        let scratch = try ScratchDirectory()
        let file = try scratch.write("", to: "file")
        for (state, error) in [(file.appending("state"), Errno.notDirectory), (file, .notDirectory)] {
            var here = surroundings(["HOME": "\(scratch.path)", "TMPDIR": "\(scratch.path)"])
            here.state = state
            let paths = try DaemonPaths(here)
            let fault = #expect(throws: DaemonPathsFault.self) { try paths.prepare() }
            #expect(fault == .notWritable(.state, state, error) && fault?.exitCode == 74)
        }
    }

    @Test(.enabled(if: getuid() != 0, "root may write everywhere"))
    func `a directory without the right to write is refused`() throws {
        let scratch = try ScratchDirectory()
        var here = surroundings(["HOME": "\(scratch.path)", "TMPDIR": "\(scratch.path)"])
        here.cache = try scratch.makeDirectory("cache", mode: 0o500)
        let paths = try DaemonPaths(here)
        let fault = #expect(throws: DaemonPathsFault.self) { try paths.prepare() }
        #expect(fault == .notWritable(.cache, paths.cache, .permissionDenied))
    }

    /// What is refused where the name in the temporary directory was taken before us.
    private func fault(in scratch: ScratchDirectory) throws -> DaemonPathsFault? {
        let paths = try DaemonPaths(surroundings(["HOME": "\(scratch.path)", "TMPDIR": "\(scratch.path)"]))
        return #expect(throws: DaemonPathsFault.self) { try paths.prepare() }
    }

    @Test func `a link in place of the socket's directory is refused and not followed`() throws {
        let scratch = try ScratchDirectory()
        let target = try scratch.makeDirectory("target", mode: 0o700)
        let link = scratch.path.appending("stump-1000")
        try #require(symlink(target.string, link.string) == 0)
        let fault = try fault(in: scratch)
        #expect(fault == .notOurs(link) && fault?.exitCode == 77)
        #expect(rmdir(target.string) == 0, "something was written behind the link")
    }

    @Test func `a socket's directory that others may enter is refused`() throws {
        let scratch = try ScratchDirectory()
        let directory = try scratch.makeDirectory("stump-1000", mode: 0o770)
        #expect(try fault(in: scratch) == .notOurs(directory))
    }

    @Test(.enabled(if: getuid() == 0, "only root can give a directory away"))
    func `a socket's directory of somebody else is refused`() throws {
        let scratch = try ScratchDirectory()
        let directory = try scratch.makeDirectory("stump-1000", mode: 0o700)
        try #require(chown(directory.string, 12_345, 12_345) == 0)
        #expect(try fault(in: scratch) == .notOurs(directory))
    }
}
