// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@Suite("A directory is compared by difference, never by newness")
struct DirectoryDifferenceTests {
    private static let stamp = FileStamp(
        device: 1,
        inode: 2,
        born: nil,
        size: 100,
        modified: Timestamp(nanoseconds: 500),
        changed: Timestamp(nanoseconds: 600)
    )

    private static let directory = DirectoryStamp(
        device: 1,
        inode: 1,
        born: nil,
        modified: stamp.modified,
        changed: stamp.changed
    )

    private func difference(
        _ listed: FileStamp? = stamp,
        isMissing: Bool = false,
        isCurrent: Bool = true,
        force: Bool = false
    ) -> DirectoryDifference {
        var known = KnownDirectory()
        let name = FileName("1.cbz")
        known.books = [
            KnownBook(id: 7, name: name, stamp: Self.stamp, isMissing: isMissing, isCurrent: isCurrent)
        ]
        let entries = listed.map { [Listing.Entry(name: name, kind: .book(.cbz, $0))] } ?? []
        return DirectoryDifference(Listing(stamp: Self.directory, entries: entries), known) { _ in force }
    }

    private func changed(_ change: (inout FileStamp) -> Void) -> FileStamp {
        var stamp = Self.stamp
        change(&stamp)
        return stamp
    }

    @Test func `an older time, another size or another ctime is a change; another device or inode is none`() {
        for stamp in [
            changed { $0.modified = Timestamp(nanoseconds: 1) }, changed { $0.size = 99 },
            changed { $0.changed = Timestamp(nanoseconds: 601) },
        ] {
            #expect(difference(stamp).candidates.map(\.known?.id) == [7])
        }
        for stamp in [changed { $0.device = 9 }, changed { $0.inode = 9 }, Self.stamp] {
            #expect(difference(stamp).candidates.isEmpty)
            #expect(difference(stamp).unchanged == 1)
        }
    }

    @Test func `two files that were written and exchanged within one tick of the clock are two files`() {
        let born = Timestamp(nanoseconds: 500)
        let known = changed { $0.born = born }
        #expect(changed { ($0.born, $0.inode) = (born, 9) }.differs(from: known))
        #expect(!changed { ($0.born, $0.inode, $0.device) = (born, 9, 8) }.differs(from: known), "mounted anew")
        #expect(!changed { $0.inode = 9 }.differs(from: known), "no identity without a birth")
        #expect(!known.differs(from: known))
    }

    @Test(arguments: [0, 1_700_000_000_000_000_000, 1_700_000_000_990_000_000] as [Int64])
    func `where inodes are made up, as on FAT, another number is no other file, but another birth is`(born: Int64) {
        let known = changed { $0.born = Timestamp(nanoseconds: born) }
        #expect(!changed { ($0.born, $0.inode) = (known.born, 9) }.differs(from: known))
        #expect(changed { $0.born = Timestamp(nanoseconds: born + 10_000_000) }.differs(from: known))
        for finer in [1, 100, 1_000_000, 9_999_999] as [Int64] {
            let known = changed { $0.born = Timestamp(nanoseconds: born + finer) }
            #expect(changed { ($0.born, $0.inode) = (known.born, 9) }.differs(from: known))
        }
    }

    @Test func `what is not listed is lost once`() {
        #expect(difference(nil).lost.map(\.id) == [7])
        #expect(difference(nil, isMissing: true).lost.isEmpty)
    }

    @Test func `a missing book that is back as it was is restored, and read where it differs`() {
        #expect(difference(isMissing: true).restored.map(\.id) == [7])
        let other = difference(changed { $0.size = 1 }, isMissing: true)
        #expect(other.restored.isEmpty && other.candidates.count == 1)
    }

    @Test func `force and an earlier reader read an unchanged book again`() {
        #expect(difference(force: true).candidates.count == 1)
        #expect(difference(isCurrent: false).candidates.count == 1)
    }

    @Test func `directories are new, kept or lost`() {
        var known = KnownDirectory()
        known.directories = [
            KnownDirectory.Child(id: 1, name: FileName("kept"), isMissing: false),
            KnownDirectory.Child(id: 2, name: FileName("back"), isMissing: true),
            KnownDirectory.Child(id: 3, name: FileName("lost"), isMissing: false),
            KnownDirectory.Child(id: 4, name: FileName("gone"), isMissing: true),
        ]
        let names = ["kept", "back", "new"]
        let entries = names.map { Listing.Entry(name: FileName($0), kind: .directory) }
        let difference = DirectoryDifference(Listing(stamp: Self.directory, entries: entries), known)
        #expect(difference.keptDirectories.map(\.id) == [1])
        #expect(difference.newDirectories.map(\.text) == ["back", "new"])
        #expect(difference.lostDirectories.map(\.id) == [3])
    }
}
