// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("A book that may be another waits until that is clear")
struct DoubtedBookTests {
    @Test func `what a book may be is remembered though it is written again meanwhile`() async throws {
        let (pending, library) = (PendingBooks(), try #require(LibraryName("comics")))
        let (name, start) = (FileName("1.cbz"), ContinuousClock.now)
        let look = { (at: ContinuousClock.Instant) in
            await pending.doubt(name, in: "A", library, .lost, mayBe: [7], at: at, quiet: .seconds(2))
        }
        #expect(await look(start) == start)
        let time = Timestamp(nanoseconds: 1_000_000_000)
        let stamp = FileStamp(device: 1, inode: 1, born: nil, size: 1, modified: time, changed: time)
        let written = ReadyGate.Look(
            stamp: stamp,
            probe: WriterProbe(writers: .some, hasHoles: false, isRemote: false, isExact: true),
            content: .whole,
            at: start + .seconds(1),
            wallClock: time
        )
        _ = await pending.judge(written, of: name, in: "A", library, quiet: .seconds(2))
        #expect(await pending.entries.map(\.reason) == [.written])
        #expect(await pending.doubted == [7])
        #expect(await look(start + .seconds(6)) == start)
        await pending.settle(name, in: "A", library)
        #expect(await pending.doubted.isEmpty)
    }

    @Test func `what waits for lost books is waited for, and what waits in turn is not`() async throws {
        let (pending, library) = (PendingBooks(), try #require(LibraryName("comics")))
        let (name, start) = (FileName("1.cbz"), ContinuousClock.now)
        let time = Timestamp(nanoseconds: 1_000_000_000)
        let place = BookPlace(
            id: 7,
            library: library,
            directory: "A",
            name: name,
            stamp: FileStamp(device: 1, inode: 1, born: nil, size: 1, modified: time, changed: time),
            isMissing: false,
            addedAt: time
        )
        let doubt = { (why: PendingBooks.Doubt) in
            _ = await pending.doubt(name, in: "A", library, why, mayBe: [8], at: start, quiet: .seconds(2))
        }
        #expect(await !pending.isPending(atAnyOf: [place]))
        await doubt(.lost)
        #expect(await pending.isPending(atAnyOf: [place]))
        await doubt(.displaced)
        #expect(await !pending.isPending(atAnyOf: [place]))
    }
}
