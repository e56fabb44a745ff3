// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import StumpDaemon

@Suite("A home that the unit hides is told from one that is not there")
struct HiddenHomeTests {
    private func hides(_ table: String, _ root: FilePath) -> Bool {
        HiddenHome.hides(MountTable(parsing: Array(table.utf8)).mount(of: root))
    }

    private let disk = "20 1 8:1 / / ro - ext4 /dev/sda1 rw\n"

    @Test func `an empty file system over the homes hides what is in them`() {
        let table = disk + "21 20 0:30 / /home ro - tmpfs tmpfs rw\n22 20 0:31 / /root ro - tmpfs tmpfs rw\n"
        #expect(hides(table, "/home/anna/Comics") && hides(table, "/root/comics"))
        #expect(!hides(table, "/srv/comics"))
    }

    @Test func `what was bound into it is seen`() {
        let table = disk + "21 20 0:30 / /home ro - tmpfs tmpfs rw\n"
        let bound = "23 21 8:1 /home/anna/Comics /home/anna/Comics ro - ext4 /dev/sda1 rw\n"
        #expect(!hides(table + bound, "/home/anna/Comics"))
    }

    @Test func `homes on a disk are not hidden`() {
        #expect(!hides(disk, "/home/anna") && !hides(disk + "21 20 8:2 / /home rw - ext4 /dev/sda2 rw\n", "/home/anna"))
    }
}
