// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A database is checked when there is reason to, and what is damaged is left as it is")
struct CheckTests {
    /// The sizes in bytes of the databases that were checked while opening.
    private final class Checked: Sendable {
        let sizes = Mutex<[Int64]>([])
    }

    private func open(_ state: StateFolder, _ checked: Checked = Checked()) throws -> LibraryStore {
        try LibraryStore(
            opening: state.database,
            now: { Timestamp(nanoseconds: 1) },
            onCheck: { size in checked.sizes.withLock { $0.append(size) } }
        )
    }

    /// A state as a power cut leaves it, with something in the log alone.
    private func cutState() async throws -> StateFolder {
        let (running, cut) = (try StateFolder(), try StateFolder())
        let store = try open(running)
        try await store.checkpoint()
        try await store.configure([.named("comics")])
        try running.cut(into: cut)
        try store.close()
        return cut
    }

    @Test func `after a clean stop there is no check, and no mark`() throws {
        let (state, checked) = (try StateFolder(), Checked())
        try open(state, checked).close()
        #expect(!state.names.contains("stump.db-running"))
        let store = try open(state, checked)
        #expect(state.names.contains("stump.db-running"))
        #expect(!store.owesCheck)
        try store.close()
        #expect(checked.sizes.withLock { $0 }.isEmpty)
    }

    @Test func `after an unclean stop a whole database is checked and goes on with its log`() async throws {
        let (state, checked) = (try await cutState(), Checked())
        let store = try open(state, checked)
        #expect(checked.sizes.withLock { $0.count } == 1)
        let names = try await store.pool.read { try String.fetchAll($0, sql: "SELECT name FROM library") }
        #expect(names == ["comics"])
        #expect(!store.owesCheck)
        try store.close()
        #expect(!state.names.contains("stump.db-running"))
    }

    @Test func `damage after an unclean stop is a refusal that changes not a byte and adds no file`() async throws {
        let state = try await cutState()
        try state.damage("stump.db")
        try state.directory.remove("stump.db-shm")
        let before = state.names.map { [$0, state.bytes(FilePath($0))?.base64EncodedString()] }
        let fault = #expect(throws: StoreFault.self) { try open(state) }
        #expect(fault?.code == "database_damaged", "\(fault as Any)")
        #expect(state.names.map { [$0, state.bytes(FilePath($0))?.base64EncodedString()] } == before)
    }

    @Test func `a newer database that was closed is refused, and no file is added`() throws {
        let state = try StateFolder()
        try open(state).close()
        let newer = try DatabasePool(path: state.database.string)
        try newer.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 the future')") }
        try newer.close()
        for name in state.names where name != "stump.db" { try state.directory.remove(FilePath(name)) }
        let before = state.bytes("stump.db")
        #expect(throws: StoreFault.newerVersion(state.database)) { try open(state) }
        #expect(state.names == ["stump.db"])
        #expect(state.bytes("stump.db") == before)
    }

    @Test func `a large database is used at once, and owes its check until that is done`() async throws {
        let (running, state, checked) = (try StateFolder(), try StateFolder(), Checked())
        let store = try open(running)
        try await store.pool.write { db in
            try db.execute(sql: "CREATE TABLE filler (bytes BLOB) STRICT")
            for _ in 0..<9 { try db.execute(sql: "INSERT INTO filler VALUES (zeroblob(8 << 20))") }
        }
        try await store.checkpoint()
        try running.cut(into: state)
        try store.close()

        let next = try open(state, checked)
        #expect(next.owesCheck)
        try next.close()
        let last = try open(state, checked)
        #expect(last.owesCheck, "a clean stop in between does not do it")
        #expect(try await last.checkAfterUncleanStop().isEmpty)
        #expect(!last.owesCheck)
        try last.close()
        #expect(checked.sizes.withLock { $0 }.isEmpty)
        #expect(!state.names.contains("stump.db-running"))
    }

    @Test func `a full check finds references that lead nowhere, and tells at most a hundred`() async throws {
        let bench = try await StoreBench()
        #expect(try await bench.store.check(quickly: false).isEmpty)
        try await bench.store.pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            for id in 1...150 {
                try db.execute(sql: "INSERT INTO volume VALUES (77, ?, '{}')", arguments: [Data([UInt8(id)])])
            }
            try db.execute(sql: "PRAGMA foreign_keys = ON")
        }
        #expect(try await bench.store.check(quickly: true).isEmpty)
        let findings = try await bench.store.check(quickly: false)
        #expect(findings.count == 100)
        #expect(findings.allSatisfy { $0.contains("volume") && $0.contains("library") })
    }

    @Test func `a cancelled check ends as cancelled`() async throws {
        let bench = try await StoreBench()
        try await bench.fill(megabytes: 16)
        let check = Task { try await bench.store.check(quickly: false) }
        check.cancel()
        await #expect(throws: CancellationError.self) { try await check.value }
        #expect(try await bench.store.check(quickly: true).isEmpty)
    }

    @Test func `damage that a transaction meets is told of`() async throws {
        let bench = try await StoreBench()
        var raised = bench.store.damageSignal.raised().makeAsyncIterator()
        let damage = DatabaseError(resultCode: .SQLITE_CORRUPT, message: "database disk image is malformed")
        await #expect { try await bench.change { _ in throw damage } } throws: { StoreFault.isDamage($0) }
        #expect(await raised.next() != nil)
        #expect(!StoreFault.isDamage(DatabaseError(resultCode: .SQLITE_FULL)))
    }

    @Test func `upkeep cuts the log off`() async throws {
        let bench = try await StoreBench()
        let log = bench.directory.path.appending("stump.db-wal")
        try await bench.commit(bench.record("S/1.cbz"))
        #expect(log.size ?? 0 > 0)
        try await bench.store.tend()
        #expect(log.size == 0)
        let patience = try await bench.store.pool.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA busy_timeout")
        }
        #expect(patience == 5000)
    }

    @Test func `upkeep does not wait for a reader`() async throws {
        let bench = try await StoreBench()
        try await bench.commit(bench.record("S/1.cbz"))
        let snapshot = try DatabasePool(path: bench.directory.path.appending("stump.db").string).makeSnapshot()
        try await bench.commit(bench.record("S/2.cbz"))
        // Long enough to tell waiting from a machine that is busy.
        try await bench.store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA busy_timeout = 600000") }
        let start = ContinuousClock.now
        #expect(try await bench.store.checkpoint() == false)
        #expect(ContinuousClock.now - start < .seconds(120))
        try snapshot.close()
        #expect(try await bench.store.checkpoint())
    }
}
