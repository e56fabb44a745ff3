// SPDX-License-Identifier: MIT
import Testing

@testable import LibraryModel

@Suite("What a conversion has left beside its result is no book of its own")
struct LeftoverTests {
    private func stamp(_ size: Int64 = 5, inode: UInt64 = 1, changed: Int64 = 3, born: Int64? = 9) -> FileStamp {
        FileStamp(
            device: 1,
            inode: inode,
            born: born.map(Timestamp.init(nanoseconds:)),
            size: size,
            modified: Timestamp(nanoseconds: 2),
            changed: Timestamp(nanoseconds: changed)
        )
    }

    private func listing(_ files: [(String, FileStamp)]) -> Listing {
        let time = Timestamp(nanoseconds: 1)
        let entries = files.map { name, stamp in
            Listing.Entry(name: FileName(name), kind: Listing.Entry.Kind(ofFile: FileName(name), stamp))
        }
        return Listing(
            stamp: DirectoryStamp(device: 1, inode: 1, born: nil, modified: time, changed: time),
            entries: entries
        )
    }

    private func names(_ files: [(String, FileStamp)], _ leftovers: [Leftover]) -> [String] {
        listing(files).without(leftovers).entries.map(\.name.text)
    }

    private var original: Leftover {
        Leftover(name: FileName("1.cbr"), stamp: stamp(), partner: FileName("1.cbz"))
    }

    @Test func `an original is left out while it is the same file, whatever its mode is now`() {
        let files = [("1.cbr", stamp(changed: 77)), ("1.cbz", stamp(inode: 2)), ("2.cbr", stamp(inode: 3))]
        #expect(names(files, [original]) == ["1.cbz", "2.cbr"])
    }

    @Test(arguments: [(6, 1, 9), (5, 2, 9), (5, 1, 8)] as [(Int64, UInt64, Int64)])
    func `another file of its name is a book`(size: Int64, inode: UInt64, born: Int64) {
        let files = [("1.cbr", stamp(size, inode: inode, born: born)), ("1.cbz", stamp(inode: 4))]
        #expect(names(files, [original]) == ["1.cbr", "1.cbz"])
    }

    @Test func `an original whose result is not listed is all that there is of the book`() {
        #expect(names([("1.cbr", stamp())], [original]) == ["1.cbr"])
    }

    @Test func `a result that is not a book yet needs no partner`() {
        let result = Leftover(name: FileName("1.cbz"), stamp: stamp(inode: 2))
        #expect(names([("1.cbr", stamp()), ("1.cbz", stamp(inode: 2))], [result]) == ["1.cbr"])
    }

    @Test func `the same file under another name is the same file`() {
        #expect(stamp(changed: 1).isSameFile(as: stamp(changed: 2)))
        #expect(!stamp(inode: 1).isSameFile(as: stamp(inode: 2)))
        #expect(!stamp(4).isSameFile(as: stamp(5)))
    }
}
