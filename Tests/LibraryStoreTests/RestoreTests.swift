// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import Glibc
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A restore leaves the old database or the new one, whenever it ends")
struct RestoreTests {
    private let state: StateFolder
    private let time = Timestamp(seconds: 1_795_482_506, nanoseconds: 0)
    private var aside: String { "stump.db.damaged-\(time.compact)" }
    private var restore: DatabaseRestore { DatabaseRestore(of: state.database) }

    init() throws {
        state = try StateFolder()
    }

    private func open() throws -> LibraryStore {
        try LibraryStore(opening: state.database) { Timestamp(nanoseconds: 1_000_000_000) }
    }

    /// The libraries that the database knows; opening it is what a start does.
    private func libraries() throws -> [String] {
        let store = try open()
        defer { try? store.close() }
        return try store.pool.read { try String.fetchAll($0, sql: "SELECT name FROM library ORDER BY name") }
    }

    /// A backup with the library `old`, and a database with a log in which `new` was added, as a power cut leaves it.
    private func prepare() async throws -> FilePath {
        let running = try StateFolder()
        let store = try LibraryStore(opening: running.database) { Timestamp(nanoseconds: 1_000_000_000) }
        try await store.configure([.named("old")])
        let backup = try await store.backUp().path
        try await store.checkpoint()
        try await store.configure([.named("new")])
        try running.cut(into: state)
        try store.close()
        try state.directory.makeDirectory("backups")
        let copy = try #require(backup.lastComponent)
        let bytes = Array(try #require(FileManager.default.contents(atPath: backup.string)))
        try state.directory.write(FilePath("backups").appending(copy), bytes)
        return state.directory.path.appending("backups").appending(copy)
    }

    private func account() -> [String: Data?] {
        Dictionary(uniqueKeysWithValues: state.names.filter { $0 != "backups" }.map { ($0, state.bytes(FilePath($0))) })
    }

    @Test(.enabled(if: SQLiteProgram.isInstalled))
    func `the backup is in place, and the old database is kept with its log`() async throws {
        let backup = try await prepare()
        let outcome = try restore.run(from: backup, at: time)
        #expect(outcome.aside == state.directory.path.appending(aside))
        #expect(outcome.bytes == backup.size)
        #expect(state.names == ["backups", "stump.db"] + ["", "-shm", "-wal"].map { aside + $0 })
        #expect(
            try SQLiteProgram.ask("SELECT name FROM library; PRAGMA integrity_check", of: state.database) == "old\nok\n"
        )
        let kept = state.directory.path.appending(aside)
        #expect(try SQLiteProgram.ask("SELECT name FROM library ORDER BY name", of: kept) == "new\nold\n")
        #expect(try libraries() == ["old"])
    }

    @Test func `an end at any step leads to the new database, and nothing of the old log into it`() async throws {
        for count in 0...DatabaseRestore.Step.allCases.count {
            let test = try RestoreTests()
            let backup = try await test.prepare()
            _ = try test.restore.prepare(backup, as: test.restore.restoring(time.compact))
            for step in DatabaseRestore.Step.allCases.prefix(count) { try test.restore.take(step, time.compact) }
            #expect(test.state.names.contains("stump.db"), "none in place after \(count) steps")
            #expect(try test.libraries() == ["old"], "after \(count) steps")
            let kept = try DatabasePool(path: test.state.directory.path.appending(aside).string)
            let names = try await kept.read { try String.fetchAll($0, sql: "SELECT name FROM library ORDER BY name") }
            #expect(names == ["new", "old"], "after \(count) steps")
            try kept.close()
            #expect(!test.state.names.contains { $0.contains("restoring") })
        }
    }

    @Test func `an end before the turning point leaves the old database, and its leftovers go`() async throws {
        _ = try await prepare()
        let draft = restore.restoring(time.compact).lastComponent?.string ?? ""
        for suffix in [".partial", ".partial-wal", ".partial-journal"] {
            try state.directory.write(FilePath(draft + suffix), Array("half".utf8))
        }
        #expect(try libraries() == ["new", "old"])
        #expect(!state.names.contains { $0.contains("restoring") || $0.contains("damaged") })
    }

    @Test func `where second names cannot be made the database is renamed, and an end in between is finished`()
        async throws
    {
        let backup = try await prepare()
        _ = try restore.prepare(backup, as: restore.restoring(time.compact))
        try state.directory.rename("stump.db", to: FilePath(aside))
        #expect(try libraries() == ["old"])
        #expect(state.names.contains(aside))
    }

    @Test func `a second restore does not take the place of what the first put aside`() async throws {
        let backup = try await prepare()
        let first = try restore.run(from: backup, at: time)
        let second = try restore.run(from: backup, at: time)
        #expect(first.aside != second.aside && second.aside?.exists == true)
    }

    @Test func `what was put aside can be restored, with what is in its log`() async throws {
        let kept = try #require(try restore.run(from: try await prepare(), at: time).aside)
        _ = try restore.run(from: kept, at: time)
        #expect(try libraries() == ["new", "old"])
    }

    @Test func `where there is no database yet the backup becomes it`() async throws {
        let backup = try await prepare()
        let other = try StateFolder()
        let outcome = try DatabaseRestore(of: other.database).run(from: backup, at: time)
        #expect(outcome.aside == nil)
        #expect(other.names == ["stump.db"])
    }

    @Test(.enabled(if: geteuid() == 0)) func `root restores for the owner of the database`() async throws {
        let backup = try await prepare()
        #expect(chown(state.database.string, 65534, 65534) == 0)
        _ = try restore.run(from: backup, at: time)
        #expect(try state.database.stat().userID.rawValue == 65534)
        #expect(try state.database.stat().groupID.rawValue == 65534)
    }

    @Test func `an old rollback journal does not come back over the new database`() async throws {
        let backup = try await prepare()
        try state.directory.write("stump.db-journal", Array("a journal".utf8))
        _ = try restore.run(from: backup, at: time)
        #expect(state.names.contains(aside + "-journal") && !state.names.contains("stump.db-journal"))
    }

    @Test(arguments: ["missing", "directory", "itself", "text", "cut", "flipped", "theirs", "newer", "empty"])
    func `what is no backup is refused by name, and nothing changes`(_ kind: String) async throws {
        let backup = try await prepare()
        let bad = state.directory.path.appending("backups/bad.db")
        let whole = Array(try #require(FileManager.default.contents(atPath: backup.string)))
        var path = bad
        switch kind {
        case "missing": break
        case "directory": path = state.directory.path.appending("backups")
        case "itself": path = state.directory.path.appending("backups/../stump.db")
        case "text": try state.directory.write("backups/bad.db", Array("no database at all, but text ".utf8))
        case "cut": try state.directory.write("backups/bad.db", Array(whole.prefix(whole.count / 2)))
        case "flipped":
            try state.directory.write("backups/bad.db", whole)
            try state.damage("backups/bad.db")
        case "theirs":
            try await DatabaseQueue(path: bad.string).write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
        case "newer":
            try state.directory.write("backups/bad.db", whole)
            try await DatabaseQueue(path: bad.string).write { db in
                try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 the future')")
            }
        default: try state.directory.write("backups/bad.db", [])
        }
        let before = account()
        let fault = #expect(throws: RestoreFault.self) { try restore.run(from: path, at: time) }
        let codes = [
            "missing": "no_backup", "directory": "no_backup", "itself": "no_backup", "newer": "database_newer",
        ]
        #expect(fault?.code == codes[kind] ?? "backup_damaged")
        #expect(fault?.summary.contains(path.string) == true && fault?.remedy != nil)
        #expect(account() == before)
    }

    @Test func `a directory where nothing can be moved keeps the old database in its place`() async throws {
        let backup = try await prepare()
        let before = account()
        // A directory of the name that the log would get cannot be replaced by a file.
        for suffix in ["-wal", "-shm"] { try state.directory.makeDirectory(FilePath(aside + suffix)) }
        try state.directory.makeDirectory("stump.db-journal")
        try state.directory.makeDirectory(FilePath(aside + "-journal"))
        try state.directory.write(FilePath(aside + "-journal/full"))
        let fault = #expect(throws: RestoreFault.self) { try restore.run(from: backup, at: time) }
        #expect(fault?.code == "not_writable")
        #expect(state.bytes("stump.db") == before["stump.db"])
        #expect(!state.names.contains { $0.contains("restoring") })
    }
}
