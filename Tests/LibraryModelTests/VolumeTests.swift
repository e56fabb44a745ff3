// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel
import SystemPackage
import Testing

@Suite("A volume is known again, or it is not believed")
struct VolumeRuleTests {
    private let disk = VolumeSighting(
        path: "disk2",
        fileSystem: "ext4",
        source: "/dev/sdb1",
        subroot: "/",
        mountPoint: "/srv/comics/disk2",
        isMountRoot: true,
        identifier: 7,
        blocks: 1000
    )
    private let allThere = VolumeRule.Canaries(found: 64, asked: 64)
    private let allGone = VolumeRule.Canaries(found: 0, asked: 64)

    private func disk(_ change: (inout VolumeSighting) -> Void) -> VolumeSighting {
        var disk = disk
        change(&disk)
        return disk
    }

    private func judge(
        _ seen: VolumeSighting?,
        books: Int = 100,
        canaries: VolumeRule.Canaries? = nil
    ) -> VolumeRule.Verdict {
        VolumeRule.judge(remembered: disk, seen: seen, books: books, canaries: canaries)
    }

    @Test func `what was never seen, or holds no books, is taken as it is`() {
        #expect(VolumeRule.judge(remembered: nil, seen: disk, books: 100, canaries: nil) == .adopt)
        #expect(judge(disk { $0.source = "/dev/sdc1" }, books: 0) == .adopt)
        #expect(judge(nil, books: 0) == .adopt)
    }

    @Test func `the same file system is online, grown or a little smaller too`() {
        for blocks: UInt64 in [1000, 5000, .max, 900] { #expect(judge(disk { $0.blocks = blocks }) == .online) }
        #expect(judge(disk) == .online)
    }

    @Test func `one that is not mounted any more is offline at once`() {
        #expect(judge(nil) == .offline("/srv/comics/disk2 is not mounted"))
        #expect(judge(nil, canaries: allThere) == .offline("/srv/comics/disk2 is not mounted"))
    }

    @Test func `whatever is different asks for canaries, and is adopted where they are found`() {
        let others = [
            disk { $0.fileSystem = "xfs" }, disk { $0.source = "/dev/sdc1" }, disk { $0.subroot = "/sub" },
            disk { $0.isMountRoot = false }, disk { $0.mountPoint = "/srv" }, disk { $0.identifier = nil },
            disk { $0.identifier = 8 }, disk { $0.blocks = 899 }, disk { $0.blocks = 0 },
        ]
        for other in others {
            #expect(judge(other) == .needsCanaries)
            #expect(judge(other, canaries: allThere) == .adopt)
        }
        let plain = disk { $0.isMountRoot = false }
        #expect(VolumeRule.judge(remembered: plain, seen: disk, books: 1, canaries: nil) == .needsCanaries)
    }

    @Test func `without its books it is offline, and the reason names what is different`() {
        let cases: [(VolumeSighting, String)] = [
            (
                disk {
                    $0.isMountRoot = false
                    $0.source = "/dev/sda1"
                },
                "/srv/comics/disk2 is not mounted: it is a plain directory now"
            ),
            (
                disk { $0.source = "/dev/sdc1" },
                "another file system is mounted at /srv/comics/disk2: ext4 /dev/sdc1, was ext4 /dev/sdb1"
            ),
            (
                disk { $0.subroot = "/old" },
                "another file system is mounted at /srv/comics/disk2: ext4 /dev/sdb1 (/old), was ext4 /dev/sdb1"
            ),
            (
                disk { $0.identifier = 8 },
                "another file system is mounted at /srv/comics/disk2: ext4 /dev/sdb1 with another identifier"
            ),
            (disk { $0.mountPoint = "/b" }, "it is mounted at /b, was at /srv/comics/disk2"),
        ]
        for (seen, reason) in cases { #expect(judge(seen, canaries: allGone) == .offline(reason)) }
        let plain = disk { $0.isMountRoot = false }
        #expect(
            VolumeRule.judge(remembered: plain, seen: disk, books: 1, canaries: allGone)
                == .offline(
                    "/srv/comics/disk2 was a plain directory, and now a file system is mounted there: ext4 /dev/sdb1"
                )
        )
    }

    @Test func `one that only shrank, and lost books, is suspect`() {
        let smaller = disk { $0.blocks = 500 }
        let reason = "the file system at /srv/comics/disk2 shrank from 1000 KiB to 500 KiB"
        #expect(judge(smaller, canaries: VolumeRule.Canaries(found: 40, asked: 64)) == .suspect(reason))
    }

    @Test(arguments: [
        (0, 0, true), (0, 1, false), (1, 1, true), (4, 5, true), (3, 5, false), (51, 64, false), (52, 64, true),
    ])
    func `four canaries of five are enough`(found: Int, asked: Int, holds: Bool) {
        #expect(VolumeRule.Canaries(found: found, asked: asked).holds == holds)
    }
}

@Suite("A sighting of a volume is stored as JSON and comes back as it was")
struct VolumeSightingTests {
    private func sighting(path: [UInt8], identifier: UInt64?) -> VolumeSighting {
        VolumeSighting(
            path: FilePath(bytes: path),
            fileSystem: "fuse.mergerfs",
            source: "a\"b\\c\n\u{FFFD}",
            subroot: "/",
            mountPoint: "/srv/Größe 大",
            isMountRoot: true,
            identifier: identifier,
            blocks: .max
        )
    }

    private func returned(_ sighting: VolumeSighting) throws -> VolumeSighting {
        try JSONDecoder().decode(VolumeSighting.self, from: JSONEncoder().encode(sighting))
    }

    @Test func `whatever bytes its path has`() throws {
        let bytes = Array(UInt8(1)...255).filter { $0 != UInt8(ascii: "/") }
        for path in [[], bytes, Array("a/b%20c".utf8), Array("%".utf8), [0xff, 0xfe]] as [[UInt8]] {
            let sighting = sighting(path: path, identifier: .max)
            #expect(try returned(sighting) == sighting)
            #expect(try returned(sighting).path.bytes == path)
        }
    }

    @Test func `with or without an identifier`() throws {
        for identifier: UInt64? in [nil, 1, .max] {
            #expect(try returned(sighting(path: [], identifier: identifier)).identifier == identifier)
        }
    }

    @Test(arguments: ["%", "%0", "%zz", "%00", "a%4"])
    func `a path that was not written so is refused`(path: String) {
        let json = """
            {"path":"\\(path)","file_system":"","source":"","subroot":"","mount_point":"","is_mount_root":true,"blocks":1}
            """
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(VolumeSighting.self, from: Data(json.utf8))
        }
    }
}
