// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import Glibc
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A backup is whole under a good name, or there is none")
struct BackupTests {
    private func names(_ bench: StoreBench) -> [String] {
        let path = bench.directory.path.appending("backups").string
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    private func isBeingWritten(_ bench: StoreBench) -> Bool {
        names(bench).contains { name in
            let path = bench.directory.path.appending("backups").appending(name).string
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64
            return name.hasSuffix(".partial") && size ?? 0 > 0
        }
    }

    @Test(.enabled(if: SQLiteProgram.isInstalled))
    func `a backup holds what was committed, and SQLite's own program finds it whole`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"), bench.record("S/2.cbz"))
        let (path, bytes) = try await bench.store.backUp()
        #expect(path.lastComponent?.string == "stump-19700101T000001Z.db")
        #expect(path.size == bytes)
        #expect(try SQLiteProgram.ask("PRAGMA integrity_check; SELECT count(*) FROM book", of: path) == "ok\n2\n")
        #expect(try SQLiteProgram.ask("PRAGMA application_id", of: path) == "\(Schema.applicationID)\n")
        #expect(try path.stat().permissions == .ownerReadWrite)
        #expect(try path.removingLastComponent().stat().permissions == .ownerReadWriteExecute)
    }

    @Test func `two of one second have two names`() async throws {
        let bench = try await StoreBench()
        for _ in 1...2 { _ = try await bench.store.backUp() }
        #expect(names(bench) == ["stump-19700101T000001Z.db", "stump-19700101T000002Z.db"])
    }

    @Test func `seven are kept, and two of those before migrations; what is not ours stays`() async throws {
        let bench = try await StoreBench()
        let old = (1...9).map { "stump-19690101T00000\($0)Z.db" }
        let others = ["stump-mine.db", "notes", "stump-19690101T000001Z.db.old"]
        let migrations = [2, 9, 10].map { "stump-before-migration-from-\($0).db" }
        try bench.directory.makeDirectory("backups")
        for name in old + others + migrations { try bench.directory.write(FilePath("backups/\(name)")) }
        _ = try await bench.store.backUp()
        let kept = old.suffix(6) + ["stump-19700101T000001Z.db"] + others + migrations.suffix(2)
        #expect(names(bench) == kept.sorted())
    }

    @Test func `a copy made after the clock was set back is kept`() async throws {
        let bench = try await StoreBench()
        let late = (1...9).map { "stump-20990101T00000\($0)Z.db" }
        try bench.directory.makeDirectory("backups")
        for name in late { try bench.directory.write(FilePath("backups/\(name)")) }
        _ = try await bench.store.backUp()
        #expect(names(bench) == ["stump-19700101T000001Z.db"] + late.suffix(6))
    }

    @Test func `backups made at the same time do not take each other's name`() async throws {
        let bench = try await StoreBench()
        let paths = try await withThrowingTaskGroup { group in
            for _ in 1...5 { group.addTask { try await bench.store.backUp().path } }
            return try await group.reduce(into: Set<FilePath>()) { $0.insert($1) }
        }
        #expect(paths.count == 5)
        #expect(names(bench).count == 5)
    }

    @Test func `what a crash left half-written is gone after the next start`() throws {
        let state = try StateFolder()
        try state.directory.makeDirectory("backups")
        let leftovers = ["stump-19700101T000001Z.db.partial", "stump-before-migration-from-2.db.partial-journal"]
        for name in leftovers + ["stump-19700101T000002Z.db"] { try state.directory.write(FilePath("backups/\(name)")) }
        try LibraryStore(opening: state.database) { Timestamp(nanoseconds: 1) }.close()
        #expect(state.names(in: "backups") == ["stump-19700101T000002Z.db"])
    }

    @Test func `where no directory can be made the fault says so, and the store goes on`() async throws {
        let bench = try await StoreBench()
        try bench.directory.write("backups")
        await #expect { try await bench.store.backUp() } throws: { error in
            guard let fault = error as? StoreFault, case .cannotBackUp = fault else { return false }
            return fault.code == "backup_failed" && fault.summary.contains("backups") && fault.remedy != nil
        }
        try await bench.commit(bench.record("S/1.cbz"))
        #expect(try await bench.books().count == 1)
    }

    @Test func `a migration that cannot make its copy changes nothing, and one that can makes it anew`() throws {
        let state = try StateFolder()
        let old = try DatabaseQueue(path: state.database.string)
        try Schema.migrator.migrate(old, upTo: "1 queue")
        try old.write { try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
        try old.close()
        let before = state.bytes("stump.db")
        try state.directory.write("backups")
        #expect { try LibraryStore(opening: state.database) { Timestamp(nanoseconds: 1) } } throws: { error in
            (error as? StoreFault)?.code == "backup_failed"
        }
        #expect(state.bytes("stump.db") == before)
        #expect(state.names == ["backups", "stump.db"])

        try state.directory.remove("backups")
        try state.directory.makeDirectory("backups")
        let name = "stump-before-migration-from-2.db"
        try state.directory.write(FilePath("backups/\(name)"), Array("of long ago".utf8))
        try LibraryStore(opening: state.database) { Timestamp(nanoseconds: 1) }.close()
        #expect(state.names(in: "backups") == [name])
        try DatabaseCheck.inspect(state.directory.path.appending("backups").appending(name), checking: true)
    }

    @Test func `a damaged database is not copied, and no older copy is lost`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        for _ in 1...7 { _ = try await bench.store.backUp() }
        let before = names(bench)
        try await bench.store.checkpoint()
        // Through a descriptor that stays open: closing it would give up SQLite's locks.
        let file = try FileDescriptor.open(bench.directory.path.appending("stump.db"), .writeOnly)
        let end = try file.seek(offset: 0, from: .end)
        for page in stride(from: Int64(4096), to: end, by: 4096) {
            _ = try Array(repeating: UInt8(0xA5), count: 64).withUnsafeBytes {
                try file.write(toAbsoluteOffset: page, $0)
            }
        }
        await #expect { try await bench.store.backUp() } throws: { StoreFault.isDamage($0) }
        #expect(try await bench.store.check(quickly: true).isEmpty == false)
        #expect(names(bench) == before)
        try file.close()
    }

    @Test func `a cancelled backup leaves nothing`() async throws {
        let bench = try await StoreBench()
        try await bench.fill(megabytes: 24)
        let backup = Task { try await bench.store.backUp() }
        // As soon as the copy is being written.
        while !names(bench).contains(where: { $0.hasSuffix(".partial") }) { await Task.yield() }
        backup.cancel()
        await #expect(throws: CancellationError.self) { try await backup.value }
        #expect(names(bench).isEmpty)
        #expect(try await bench.store.backUp().bytes > 24 << 20)
    }

    @Test func `commits go on while a copy is made and a check is run`() async throws {
        let bench = try await StoreBench()
        try await bench.fill(megabytes: 24)
        let backup = Task { try await bench.store.backUp() }
        // What has begun to be written has been read as of then.
        while !isBeingWritten(bench) { await Task.yield() }
        try await bench.commit(bench.record("S/1.cbz"))
        // SQLite's journal of the copy may lie beside it.
        #expect(!names(bench).contains { $0.hasSuffix(".db") }, "the copy was made before the commit")
        let copy = try await backup.value.path
        let books = try await DatabaseQueue(path: copy.string).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM book")
        }
        #expect(books == 0)
        #expect(try await bench.books().count == 1)
    }

    @Test func `the newest copy that this version can use is found`() async throws {
        let bench = try await StoreBench()
        let database = bench.directory.path.appending("stump.db")
        #expect(Backups(of: database).newest == nil)
        let usable = try await bench.store.backUp().path
        let newer = try await bench.store.backUp().path
        try await DatabaseQueue(path: newer.string).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')")
        }
        try bench.directory.write("backups/stump-20990101T000000Z.db", Array("no database".utf8))
        #expect(Backups(of: database).newest == usable)
    }
}

extension StoreBench {
    /// Makes the database large with rows that nobody asks for.
    func fill(megabytes: Int) async throws {
        try await store.pool.write { db in
            try db.execute(sql: "CREATE TABLE filler (bytes BLOB) STRICT")
            for _ in 0..<megabytes * 4 { try db.execute(sql: "INSERT INTO filler VALUES (randomblob(262144))") }
        }
    }
}
