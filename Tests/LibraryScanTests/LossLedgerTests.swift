// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("The ledger keeps losses until they are believed or over")
struct LossLedgerTests {
    private let ledger = LossLedger()
    private let library: LibraryName
    private let start = ManualClock().now

    init() throws {
        library = try #require(LibraryName("comics"))
    }

    private func losses(_ books: Set<Int64>, in directory: FilePath = "S", after time: Duration) -> DirectoryLosses {
        DirectoryLosses(directory: directory, books: books, listedAt: start + time)
    }

    @Test func `what was seen five seconds ago is proven, and what is new waits for its own second look`() async {
        await ledger.wait(losses([1, 2], after: .zero), library)
        let later = losses([1, 2, 3], after: .seconds(5))
        #expect(await ledger.proven(later, library).books == [1, 2])
        #expect(await ledger.proven(losses([1], after: .seconds(4)), library).isEmpty)
        await ledger.remove(losses([1, 2], after: .zero), library)
        await ledger.wait(losses([3], after: .seconds(5)), library)
        #expect(await ledger.proven(losses([3], after: .seconds(9)), library).isEmpty)
        #expect(await ledger.proven(losses([3], after: .seconds(10)), library).books == [3])
    }

    @Test func `a directory is given once, and again when the scan that was asked for does not come`() async {
        await ledger.wait(losses([1], after: .zero), library)
        #expect(await ledger.takeDue(at: start + .seconds(4)).isEmpty)
        #expect(await ledger.takeDue(at: start + .seconds(5)).map(\.directory) == ["S"])
        #expect(await ledger.takeDue(at: start + .seconds(5)).isEmpty)
        #expect(await ledger.nextDue == start + .seconds(65))
        #expect(await ledger.takeDue(at: start + .seconds(65)).map(\.directory) == ["S"])
    }

    @Test func `a held loss that an event has looked at keeps its own times`() async {
        await ledger.hold(losses([1], after: .zero), library)
        await ledger.hold(losses([1, 2], after: .seconds(30)), library)
        #expect(await ledger.nextDue == start + .seconds(600))
        await ledger.postpone(losses([1, 2], after: .seconds(60)), library, notBefore: start + .seconds(70))
        #expect(await ledger.entries.map(\.isHeld) == [true])
        #expect(await ledger.nextDue == start + .seconds(70))
    }

    @Test func `what a listing shows again is forgotten, and a directory that moved takes its losses along`() async {
        await ledger.wait(losses([1, 2], in: "S/T", after: .zero), library)
        await ledger.prune("S/T", library, keeping: [2], [])
        #expect(await ledger.entries.map(\.count) == [1])
        await ledger.move("S", to: "K", library)
        #expect(await ledger.entries.map(\.directory) == ["K/T"])
        await ledger.prune("K/T", library, keeping: [], [])
        #expect(await ledger.entries.isEmpty)
    }
}
