// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import LibraryModel
import Support
import SystemPackage
import Testing

@Suite("A damaged database stops the daemon, and one line brings a backup in its place")
struct DatabaseCareTests {
    private func stumpd(_ arguments: [String]) async throws -> Program.Result {
        try await Program.run("\(Program.built)/stumpd", arguments)
    }

    /// Runs Debian's `sqlite3`, which knows nothing of how we write.
    @discardableResult
    private func judge(_ database: String, _ sql: String) async throws -> String {
        let program = try #require(Program.installed("sqlite3"), "Debian's sqlite3 is needed: make test installs it")
        let result = try await Program.run(program, [database, sql])
        try #require(result.code == 0, "\(result.errors)")
        return result.output
    }

    private func expect(_ result: Program.Result, code: Int32, _ words: String...) {
        #expect(result.code == code, "\(result.errors)")
        #expect(result.errors.contains("stumpd: error: "))
        for word in words { #expect(result.errors.contains(word), "\(result.errors)") }
        #expect(result.output.isEmpty)
    }

    /// The files of the database; not the index of its log, which is made again at every opening.
    private func files(_ home: RunningDaemon.Home) throws -> [String: Data?] {
        let state = home.directory.path.appending("state").string
        let names = try FileManager.default.contentsOfDirectory(atPath: state)
            .filter { $0.hasPrefix("stump.db") && !$0.hasSuffix("-shm") }
        return Dictionary(
            uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: "\(state)/\($0)")) }
        )
    }

    /// A library of one book, a daemon that was stopped, and a backup of that time.
    private func homeWithBackup() async throws -> (home: RunningDaemon.Home, backup: String) {
        let home = try RunningDaemon.Home()
        try home.directory.write("library/1.cbz", BookBuilder.comic(pages: 1))
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        #expect(await daemon.end(by: SIGTERM) == 0)
        try home.directory.makeDirectory("state/backups")
        let backup = home.directory.path.appending("state/backups/stump-20260101T000000Z.db").string
        try await judge(home.database, "VACUUM INTO '\(backup)'")
        return (home, backup)
    }

    /// Spoils every page but the first of the database, which the log of a killed daemon then does not mend.
    private func damage(_ home: RunningDaemon.Home) throws {
        var bytes = Array(try #require(FileManager.default.contents(atPath: home.database)))
        for page in stride(from: 4096, to: bytes.count, by: 4096) {
            for offset in 0..<64 { bytes[page + offset] = 0xA5 }
        }
        try home.directory.write("state/stump.db", bytes)
    }

    @Test func `after a kill the database is checked before it is used, and after a stop it is not`() async throws {
        let home = try RunningDaemon.Home()
        let daemon = try await RunningDaemon(home)
        _ = await daemon.end(by: SIGKILL)
        let next = try await RunningDaemon(home)
        #expect(next.log.contains("Checking the database after an unclean stop"))
        #expect(await next.end(by: SIGTERM) == 0)
        let checks = next.log.components("Checking the database")
        let last = try await RunningDaemon(home)
        #expect(last.log.components("Checking the database") == checks)
    }

    @Test func `damage ends with 65, changes nothing, and the hint restores the newest backup`() async throws {
        let (home, backup) = try await homeWithBackup()
        try home.directory.write("library/2.cbz", BookBuilder.comic(pages: 2))
        let daemon = try await RunningDaemon(home)
        _ = await daemon.end(by: SIGKILL)
        try damage(home)
        let before = try files(home)
        expect(try await stumpd(home.arguments), code: 65, "damaged", "hint: Type `stumpd --restore \(backup)`")
        #expect(try files(home) == before)

        let restored = try await stumpd(["--restore", backup])
        #expect(restored.code == 0, "\(restored.errors)")
        #expect(restored.output.contains(home.database) && restored.output.contains("stump.db.damaged-"))
        #expect(try await judge(home.database, "PRAGMA integrity_check") == "ok\n")
        let aside = try files(home).filter { $0.key.contains(".damaged-") }
        #expect(Set(aside.values) == Set(before.filter { !$0.key.hasSuffix("-running") }.values))

        let next = try await RunningDaemon(home)
        try await next.settle()
        #expect(try await next.books().map(\.state) == ["ready", "ready"])
    }

    @Test func `a newer database names the backup to go back to`() async throws {
        let (home, backup) = try await homeWithBackup()
        try await judge(home.database, "INSERT INTO grdb_migrations VALUES ('99 the future')")
        let before = try files(home)
        expect(try await stumpd(home.arguments), code: 65, "newer version", backup)
        #expect(try files(home) == before)
        #expect(try await stumpd(["--restore", backup]).code == 0)
        #expect(try await RunningDaemon(home).books().count == 1)
    }

    @Test func `under a running daemon nothing is restored`() async throws {
        let (home, backup) = try await homeWithBackup()
        let daemon = try await RunningDaemon(home)
        expect(try await stumpd(["--restore", backup]), code: 69, "another stumpd (process \(daemon.process))")
        #expect(try await daemon.books().count == 1)
    }

    @Test func `what cannot be restored says why, and leaves the database as it is`() async throws {
        let (home, backup) = try await homeWithBackup()
        let state = ["--state", home.directory.path.appending("state").string]
        let before = try files(home)
        func path(_ name: FilePath) -> String { home.directory.path.pushing(name).string }
        let whole = Array(try #require(FileManager.default.contents(atPath: backup)))
        try home.directory.write("text", Array("this is no database".utf8))
        try home.directory.write("cut", Array(whole.prefix(whole.count / 2)))
        try await judge(path("theirs"), "CREATE TABLE theirs (a)")
        expect(try await stumpd(["--restore", path("nothing")] + state), code: 64, path("nothing"), "cannot be read")
        expect(try await stumpd(["--restore", path("library")] + state), code: 64, "not a file")
        expect(try await stumpd(["--restore", home.database] + state), code: 64, "the database itself")
        expect(try await stumpd(["--restore", path("text")] + state), code: 65, path("text"))
        expect(try await stumpd(["--restore", path("cut")] + state), code: 65, path("cut"))
        expect(try await stumpd(["--restore", path("theirs")] + state), code: 65, "another program")
        #expect(try files(home) == before)
        #expect(try await stumpd(["--restore", backup, "--check-config"]).code == 64)
    }

    @Test(.withMounts, .with(.bindfs))
    func `a state directory on a network file system ends with 74 before anything is written`() async throws {
        var home = try RunningDaemon.Home()
        let mounts = try await PrivateMounts(beside: home.directory)
        home.mounts = mounts
        for name in ["served", "state"] { try home.directory.makeDirectory(FilePath(name)) }
        let (served, state) = (home.directory.path.appending("served"), home.directory.path.appending("state"))
        let words = ["bindfs", "-f", "-o", "subtype=sshfs", served.string, state.string]
        let server = try await mounts.serve(words, at: state)
        let result = try await Program.run(
            mounts.entry[0],
            mounts.entry.dropFirst() + ["\(Program.built)/stumpd"] + home.arguments
        )
        expect(result, code: 74, "network file system (fuse.sshfs)", "--state DIR")
        #expect(try FileManager.default.contentsOfDirectory(atPath: served.string).isEmpty)
        try await mounts.unmount(state)
        await mounts.end(of: server)
    }

    @Test(.withMounts) func `a disk too full for the backup before a migration ends with 74 and loses nothing`()
        async throws
    {
        var home = try RunningDaemon.Home()
        let mounts = try await PrivateMounts(beside: home.directory)
        home.mounts = mounts
        try home.directory.makeDirectory("state")
        let state = home.directory.path.appending("state")
        try await mounts.run("mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", state.string)
        let old = home.directory.path.appending("old.db").string
        let sql = """
            PRAGMA application_id = \(0x7374_6d70);
            CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
            INSERT INTO grdb_migrations VALUES ('1 catalog');
            CREATE TABLE filler (bytes BLOB) STRICT;
            INSERT INTO filler VALUES (randomblob(2500000));
            """
        try await judge(old, sql)
        let before = Array(try #require(FileManager.default.contents(atPath: old)))
        try await mounts.put(before, at: state.appending("stump.db"))
        let result = try await Program.run(
            mounts.entry[0],
            mounts.entry.dropFirst() + ["\(Program.built)/stumpd"] + home.arguments
        )
        expect(result, code: 74, "cannot be copied", "No space left", "Free space")
        try await mounts.run("cmp", old, state.appending("stump.db").string)
        #expect(try await mounts.run("find", state.appending("backups").string, "-type", "f").isEmpty)
    }
}

extension String {
    /// How often some text is in it.
    fileprivate func components(_ text: String) -> Int {
        var (count, rest) = (0, self[...])
        while let found = rest.firstRange(of: text) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
