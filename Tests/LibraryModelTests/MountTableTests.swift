// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@Suite("The table of mounts tells what a path leads to")
struct MountTableTests {
    private func table(_ lines: String...) -> MountTable {
        MountTable(parsing: Array(lines.joined(separator: "\n").utf8))
    }

    @Test func `a line is read field by field, with any number of optional ones`() throws {
        let mounts = table(
            "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:7 - ext3 /dev/root rw,errors=continue",
            "37 36 0:45 / /srv/books ro,relatime - fuse.mergerfs a:b rw,user_id=0",
            "38 36 8:1 / /srv rw - ext4 /dev/sda1 ro",
            "39 36 8:1 / /none rw - tmpfs  rw"
        ).mounts
        #expect(mounts.count == 4)
        let first = try #require(mounts.first)
        #expect(
            first
                == MountTable.Mount(
                    id: 36,
                    parent: 35,
                    device: "98:0",
                    root: "/mnt1",
                    point: "/mnt2",
                    isReadOnly: false,
                    fileSystem: "ext3",
                    source: "/dev/root"
                )
        )
        #expect(mounts.map(\.isReadOnly) == [false, true, true, false])
        #expect(mounts.map(\.fileSystem) == ["ext3", "fuse.mergerfs", "ext4", "tmpfs"])
        #expect(mounts[3].source.isEmpty)
    }

    @Test func `escaped bytes are taken back, and names need not be UTF-8`() throws {
        let line = #"1 0 8:1 /a\134b /srv/my\040books\011\012\377\9 rw - cifs //nas/my\040share rw"#
        let mount = try #require(table(line).mounts.first)
        #expect(mount.root == FilePath(#"/a\b"#))
        #expect(mount.point.bytes == Array("/srv/my books\t\n".utf8) + [0xff] + Array(#"\9"#.utf8))
        #expect(mount.source == "//nas/my share")
    }

    @Test(arguments: [
        "", " ", "-", "1 2 3", "1 0 8:1 / / rw ext4 /dev/sda1 rw", "x 0 8:1 / / rw - ext4 /dev/sda1 rw",
        "99999999999999999999 0 8:1 / / rw - ext4 a rw", "1 0 8:1 / relative rw - ext4 a rw", "1 0 8:1 / / rw - ext4",
        #"1 0 8:1 / /a\000b rw - ext4 a rw"#, "1 0 8:1 /  rw - ext4 a rw", "- - - - - - - - -",
    ])
    func `a line that is none is skipped, and the next is read`(line: String) {
        #expect(table(line, "2 1 8:2 / /b rw - ext4 b rw").mounts.map(\.id) == [2])
    }

    @Test func `no bytes whatever bring the reader down`() {
        var random = Xorshift(seed: 3)
        let good = Array(#"36 35 98:0 /mnt1 /mnt2\040 rw,noatime master:1 - ext3 /dev/root rw"#.utf8)
        for _ in 0..<500 {
            var bytes = good + [UInt8(ascii: "\n")] + good
            for _ in 0..<4 {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            let table = MountTable(parsing: bytes)
            _ = table.mount(of: "/mnt2/a")
            _ = table.mounts(below: "/")
        }
    }

    private var house: MountTable {
        table(
            "1 0 8:1 / / rw - ext4 root rw",
            "2 1 8:2 / /srv rw - ext4 srv rw",
            "3 2 8:3 / /srv/books/disk rw - ext4 disk rw",
            "4 2 8:4 / /srv/books2 rw - ext4 books2 rw",
            "5 3 8:5 / /srv/books/disk/inner rw - ext4 inner rw",
            "6 2 8:6 / /srv/books/a rw - ext4 a rw"
        )
    }

    @Test(arguments: [
        ("/", "root"), ("/etc", "root"), ("/srv", "srv"), ("/srv/books", "srv"), ("/srv/books/disk", "disk"),
        ("/srv/books/disk2", "srv"), ("/srv/books2/x", "books2"), ("/srv/books/disk/inner/x/y", "inner"),
    ])
    func `a path lies on the nearest mount above it, component by component`(path: String, source: String) {
        #expect(house.mount(of: FilePath(path))?.source == source)
    }

    @Test func `the mounts below a path come with the outer ones first`() {
        #expect(house.mounts(below: "/srv/books").map(\.source) == ["disk", "a", "inner"])
        #expect(house.mounts(below: "/srv/books/disk").map(\.source) == ["inner"])
        #expect(house.mounts(below: "/").map(\.source) == ["srv", "books2", "disk", "a", "inner"])
        #expect(house.mounts(below: "/etc").isEmpty)
    }

    @Test func `of several mounts at one point the topmost counts, in whatever way they were stacked`() {
        let stacked = table(
            "1 0 8:1 / / rw - ext4 root rw",
            "2 1 8:2 / /srv rw - ext4 lower rw",
            "3 2 8:3 / /srv rw - ext4 upper rw"
        )
        #expect(stacked.mount(of: "/srv/a")?.source == "upper")
        #expect(stacked.mounts(below: "/").map(\.source) == ["upper"])
        let beside = table(
            "1 0 8:1 / / rw - ext4 root rw",
            "2 1 8:2 / /srv rw - ext4 earlier rw",
            "3 1 8:3 / /srv rw - ext4 later rw"
        )
        #expect(beside.mount(of: "/srv/a")?.source == "later")
        #expect(beside.mounts(below: "/").map(\.source) == ["later"])
    }

    @Test func `a mount over a directory hides the mounts below it, but not those made later`() {
        let hidden = table(
            "1 0 8:1 / / rw - ext4 root rw",
            "2 1 8:2 / /srv/disk rw - ext4 hidden rw",
            "3 1 8:3 / /srv rw - ext4 over rw",
            "4 3 8:4 / /srv/other rw - ext4 other rw"
        )
        #expect(hidden.mount(of: "/srv/disk/a")?.source == "over")
        #expect(hidden.mounts(below: "/").map(\.source) == ["over", "other"])
    }

    @Test func `a table that contradicts itself gives an answer all the same`() {
        let circle = table(
            "1 2 8:1 / / rw - ext4 a rw",
            "2 1 8:2 / / rw - ext4 b rw",
            "1 1 8:3 / / rw - ext4 c rw",
            "3 7 8:3 / /srv rw - ext4 orphan rw"
        )
        #expect(circle.mount(of: "/etc") != nil)
        #expect(circle.mount(of: "/srv/x")?.source == "orphan")
        #expect(MountTable(parsing: []).mount(of: "/") == nil)
    }
}
