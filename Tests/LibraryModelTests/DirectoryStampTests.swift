// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("A directory's stamp tells whether names came or went, where it is old enough to tell")
struct DirectoryStampTests {
    private static let second: Int64 = 1_000_000_000
    private static let stamp = DirectoryStamp(
        device: 1,
        inode: 2,
        born: Timestamp(nanoseconds: 3),
        modified: Timestamp(nanoseconds: 400),
        changed: Timestamp(nanoseconds: 500)
    )

    private func stamp(_ change: (inout DirectoryStamp) -> Void) -> DirectoryStamp {
        var stamp = Self.stamp
        change(&stamp)
        return stamp
    }

    private func stamp(modified: Int64, changed: Int64) -> DirectoryStamp {
        stamp {
            $0.modified = Timestamp(nanoseconds: modified)
            $0.changed = Timestamp(nanoseconds: changed)
        }
    }

    @Test func `another inode or another time differs, older as well as newer; another device does not`() {
        for other in [stamp { $0.inode = 9 }, stamp(modified: 1, changed: 500), stamp(modified: 400, changed: 1)] {
            #expect(other.differs(from: Self.stamp))
        }
        #expect(!stamp { $0.device = 9 }.differs(from: Self.stamp))
        #expect(!stamp { $0.born = nil }.differs(from: Self.stamp))
    }

    @Test func `it is a moved directory by inode and birth, and never by the inode alone`() {
        #expect(stamp(modified: 1, changed: 1).isSameDirectory(as: Self.stamp))
        #expect(stamp { $0.device = 9 }.isSameDirectory(as: Self.stamp))
        #expect(!stamp { $0.inode = 9 }.isSameDirectory(as: Self.stamp))
        #expect(!stamp { $0.born = Timestamp(nanoseconds: 4) }.isSameDirectory(as: Self.stamp))
        #expect(!stamp { $0.born = nil }.isSameDirectory(as: Self.stamp))
        #expect(!stamp { $0.born = nil }.isSameDirectory(as: stamp { $0.born = nil }))
    }

    @Test(arguments: [
        // Times in milliseconds before now: of modification, of change. Is it racy here, and on a server?
        (19, 5000, true, true), (20, 20, false, true), (5000, 19, true, true), (5001, 59_999, false, true),
        (60_000, 60_001, false, false), (-1, 5000, true, true), (5000, -1, true, true),
        (5000, -999_999_999, true, true),
        (-999_999_999, 70_000, false, false),
    ])
    func `a time within a tick of now is racy, and within a minute on a server`(
        modified: Int64,
        changed: Int64,
        isRacy: Bool,
        isRacyThere: Bool
    ) {
        let now = Timestamp(nanoseconds: 1_700_000_000 * Self.second + 1)
        let stamp = stamp(
            modified: now.nanoseconds - modified * 1_000_000,
            changed: now.nanoseconds - changed * 1_000_000
        )
        #expect(stamp.isRacy(at: now, isRemote: false) == isRacy)
        #expect(stamp.isRacy(at: now, isRemote: true) == isRacyThere)
    }

    @Test func `times without a fraction may stand for two seconds`() {
        let now = Timestamp(seconds: 1_700_000_001, nanoseconds: 999_999_999)
        let whole = stamp(modified: 1_700_000_000 * Self.second, changed: 1_700_000_000 * Self.second)
        #expect(whole.isRacy(at: now, isRemote: false))
        #expect(!whole.isRacy(at: Timestamp(seconds: 1_700_000_002, nanoseconds: 0), isRemote: false))
        let exact = stamp(modified: 1_700_000_000 * Self.second, changed: 1_700_000_000 * Self.second + 1)
        #expect(!exact.isRacy(at: now, isRemote: false))
    }

    @Test(arguments: [Int64.min, Int64.max])
    func `the first and the last time there are harm nothing`(nanoseconds: Int64) {
        let odd = stamp(modified: nanoseconds, changed: nanoseconds)
        #expect(odd.isRacy(at: Timestamp(nanoseconds: 0), isRemote: false) == (nanoseconds > 0))
        #expect(!Self.stamp.isRacy(at: Timestamp(nanoseconds: .max), isRemote: true))
        #expect(Self.stamp.isRacy(at: Timestamp(nanoseconds: .min), isRemote: true))
    }
}

@Suite("A digest tells whether two listings show the same")
struct ListingDigestTests {
    private func book(_ name: String, size: Int64 = 1, modified: Int64 = 2, changed: Int64 = 3) -> Listing.Entry {
        let stamp = FileStamp(
            device: 1,
            inode: 1,
            born: nil,
            size: size,
            modified: Timestamp(nanoseconds: modified),
            changed: Timestamp(nanoseconds: changed)
        )
        return Listing.Entry(name: FileName(name), kind: .book(.cbz, stamp))
    }

    private func directory(_ name: String) -> Listing.Entry { Listing.Entry(name: FileName(name), kind: .directory) }

    @Test func `the order of the entries does not matter, nor does what is no book`() {
        let other = Listing.Entry(name: FileName("x.jpg"), kind: .other)
        let digest = ListingDigest([book("a.cbz"), directory("b"), book("c.cbz")])
        #expect(ListingDigest([book("c.cbz"), other, book("a.cbz"), directory("b")]) == digest)
        #expect(ListingDigest([other]) == ListingDigest(names: 0, files: 0))
    }

    @Test func `it is the same in every process, for it is stored`() {
        let digest = ListingDigest([book("a.cbz"), directory("b")])
        #expect(digest == ListingDigest(names: 0x3755_F020_4FE4_761F, files: 0x65FC_1A45_C791_B02B))
    }

    @Test func `another name, or a directory in a book's place, is another set of names`() {
        let digests = [[book("a.cbz")], [book("b.cbz")], [directory("a.cbz")], [book("a.cbz"), book("b.cbz")], []].map {
            ListingDigest($0)
        }
        #expect(Set(digests.map(\.names)).count == digests.count)
    }

    @Test func `a book written in place is the same name and another file`() {
        let digest = ListingDigest([book("a.cbz")])
        let others = [book("a.cbz", size: 2), book("a.cbz", modified: 9), book("a.cbz", changed: 9)].map {
            ListingDigest([$0])
        }
        #expect(others.allSatisfy { $0.names == digest.names })
        #expect(Set(others.map(\.files) + [digest.files]).count == 4)
        #expect(ListingDigest([book("a.cbz", modified: 3, changed: 2)]).files != digest.files)
    }

    @Test func `two books that swap their contents are another listing`() {
        let before = ListingDigest([book("a.cbz", size: 1), book("b.cbz", size: 2)])
        let after = ListingDigest([book("a.cbz", size: 2), book("b.cbz", size: 1)])
        #expect(before.names == after.names && before.files != after.files)
    }

    @Test func `only a listing whose stamp was old enough has one to compare with`() {
        let stamp = DirectoryStamp(
            device: 1,
            inode: 1,
            born: nil,
            modified: Timestamp(nanoseconds: 1),
            changed: Timestamp(nanoseconds: 1)
        )
        let listing = Listing(stamp: stamp, entries: [book("a.cbz")])
        #expect(listing.settledStamp == stamp)
        #expect(listing.digest == ListingDigest([book("a.cbz")]))
        #expect(Listing(stamp: stamp, entries: [], isRacy: true).settledStamp == nil)
    }
}
