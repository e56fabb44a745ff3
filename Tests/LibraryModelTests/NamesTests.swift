// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@Suite("Pages and volumes are in the order that people number them")
struct NaturalOrderTests {
    private func sorted(_ names: [String]) -> [String] {
        names.sorted { NaturalOrder.precedes(Array($0.utf8), Array($1.utf8)) }
    }

    @Test(arguments: [
        ["p1", "p2", "p10", "p11", "p100"],
        ["a/2", "a/10", "b/1"],
        ["001", "2", "0010"],
        ["Page 9", "page 10", "PAGE 11"],
        ["x", "x1", "xa"],
        ["1", "1.5", "2"],
        ["99999999999999999999998", "99999999999999999999999", "100000000000000000000000"],
    ])
    func `numbers count by value, folders keep together`(names: [String]) {
        #expect(sorted(names.reversed()) == names)
    }

    @Test func `any names have one order`() {
        var random = Xorshift(seed: 7)
        let alphabet = Array("a1/0B9.".utf8)
        let names = (0..<300).map { _ in (0..<6).map { _ in alphabet[Int(random.next() % 7)] } }
        for left in names {
            #expect(!NaturalOrder.precedes(left, left))
            for right in names where left != right {
                #expect(NaturalOrder.precedes(left, right) != NaturalOrder.precedes(right, left))
            }
        }
        let once = names.sorted(by: NaturalOrder.precedes)
        #expect(once == names.reversed().sorted(by: NaturalOrder.precedes))
    }
}

@Suite("Names that are no books are left alone")
struct NameRulesTests {
    @Test(arguments: [
        // Hidden, and what programs hide while they write or delete.
        ".hidden.cbz", "._x.cbz", ".syncthing.x.cbz", ".nfs000001", ".cifs1F2E", ".smbdeleteAAA0001",
        ".goutputstream-A1B2C3", ".fuse_hidden000a1b", ".~lock.x.epub#", ".sb-1a2b-x", ".x.cbz.Ab12Cd",
        // Downloads, copies and drafts under way.
        "~$x.epub", "~syncthing~x.cbz.tmp", "x.cbz.part", "x.cbz.partial", "x.cbz.!qB", "x.cbz.!ut", "x.cbz.bc!",
        "x.cbz.crdownload", "x.cbz.download", "x.cbz.opdownload", "x.CBZ.Aria2", "x.tmp", "x.cbz.Temp",
        "x.cbz.filepart", "x.cbz.ocTransferId4711.part", "x.cbz.!sync", "x.cbz.bts", "x.cbz.sync", "x.unwanted",
        "x.cbz.swp", "x.cbz~", "x.cbz.1a2b3c4d.partial", "X.CBZ.PART",
    ])
    func `a temporary or hidden file waits for its name`(name: String) {
        #expect(NameRules.isIgnoredFile(FileName(name)))
    }

    @Test(arguments: [
        "x.cbz", "partial success.cbz", "tmp.epub", "download.zip", "~x.cbz", "part.cbz", "x.part.cbz", "$x.cbz",
        "#recycle.cbz", "nfs0001.cbz",
    ])
    func `a book's own name is not taken for one`(name: String) {
        #expect(!NameRules.isIgnoredFile(FileName(name)))
    }

    @Test(arguments: [
        "@eaDir", "#recycle", "#Recycle", "#snapshot", "@Recycle", "@Recently-Snapshot", "@__thumb", "$RECYCLE.BIN",
        "System Volume Information", "lost+found", ".Trash-1000", ".stversions", ".stfolder", ".zfs", ".snapshots",
        "__MACOSX", ".unwanted", "x.unwanted", "x.part", ".git",
    ])
    func `a system's directory is not entered`(name: String) {
        #expect(NameRules.isIgnoredDirectory(FileName(name)))
    }

    @Test(arguments: [
        "a @eaDir", "recycle", "snapshot", "System Volume", "lost", "MACOSX", "part", "a .git", "unwanted",
    ])
    func `a directory whose name is only like one is entered`(name: String) {
        #expect(!NameRules.isIgnoredDirectory(FileName(name)))
    }

    @Test func `the extension tells the format, in any case`() {
        #expect(MediaFormat(name: FileName("x.CbZ")) == .cbz)
        #expect(MediaFormat(name: FileName("x.7z")) == .sevenZip)
        #expect(MediaFormat(name: FileName(".cbz")) == nil)
        #expect(MediaFormat(name: FileName("cbz")) == nil)
        #expect(MediaFormat(name: FileName("x.jpg")) == nil)
    }

    @Test(arguments: ["comics", "a", "0-9_z", String(repeating: "x", count: 64)])
    func `a library's name can be typed and put in a URL`(name: String) {
        #expect(LibraryName(name)?.text == name)
    }

    @Test(arguments: ["", "-a", "_a", "A", "a b", "ä", "a/b", String(repeating: "x", count: 65)])
    func `other names are refused`(name: String) {
        #expect(LibraryName(name) == nil)
    }
}

@Suite("Paths are bytes")
struct PathTests {
    @Test func `a path that is not UTF-8 comes back as it was`() {
        let bytes: [UInt8] = [0x61, 0x2f, 0xff, 0x0a, 0xfe, 0x2e, 0x63]
        #expect(FilePath(bytes: bytes).bytes == bytes)
        #expect(FilePath(bytes: bytes).names == [FileName("a"), FileName(bytes: [0xff, 0x0a, 0xfe, 0x2e, 0x63])])
        #expect(FilePath("a").appending(FileName(bytes: [0xff])).bytes == [0x61, 0x2f, 0xff])
    }

    @Test func `below means below, and not beginning alike`() {
        #expect(FilePath("/books/a").isWithin("/books"))
        #expect(FilePath("/books").isWithin("/books"))
        #expect(!FilePath("/books2").isWithin("/books"))
        #expect(FilePath("a/b").isWithin(FilePath()))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_827_696_789, "2000-02-29T12:34:56.789Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
        (1_709_251_199_000, "2024-02-29T23:59:59.000Z"),
    ])
    func `times are RFC 3339 in UTC with milliseconds`(milliseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: milliseconds * 1_000_000).rfc3339 == text)
    }
}

@Suite("The pattern makes series of directories, as Stump's documentation has it")
struct LibraryPatternTests {
    private static let books = [
        "Shannon", "Sanderson", "Sanderson/Mistborn", "Tolkien/The Lord of the Rings",
    ].map { FilePath($0) }

    @Test func `under series a directory that directly holds books is one`() {
        let series = Set(Self.books.map { LibraryPattern.series.seriesDirectory(ofBooksIn: $0) })
        #expect(series == ["Shannon", "Sanderson", "Sanderson/Mistborn", "Tolkien/The Lord of the Rings"])
    }

    @Test func `under collection a direct child of the root is one, with all below it`() {
        let series = Set(Self.books.map { LibraryPattern.collection.seriesDirectory(ofBooksIn: $0) })
        #expect(series == ["Shannon", "Sanderson", "Tolkien"])
    }

    @Test(arguments: LibraryPattern.allCases)
    func `the root is a series for the books directly in it`(pattern: LibraryPattern) {
        #expect(pattern.seriesDirectory(ofBooksIn: FilePath()) == FilePath())
    }
}

/// Random enough for tests, and the same everywhere.
struct Xorshift: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
