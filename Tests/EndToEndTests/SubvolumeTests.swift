// SPDX-License-Identifier: MIT
import ControlAPI
import Support
import SystemPackage
import Testing

@Suite(
    "A subvolume of btrfs is a directory like any other",
    .withMounts,
    .with(.btrfs),
    .with("btrfs"),
    .timeLimit(.minutes(2))
)
struct SubvolumeTests {
    @Test func `84: books of a subvolume come with it, are copied by a snapshot, and are missing without it`()
        async throws
    {
        let shelf = try await Shelf(.btrfs, .rootIsMountPoint)
        let (mounts, root) = (shelf.mounts, shelf.root)
        let daemon = try await shelf.start()
        try await mounts.run("btrfs", "subvolume", "create", root.appending("Sub").string)
        try await shelf.put("Sub/1.cbz", tint: 60)
        try await shelf.put("Sub/2.cbz", tint: 61)
        try await daemon.settle()
        #expect(try await daemon.records().map(\.path) == Shelf.books + ["Sub/1.cbz", "Sub/2.cbz"])

        let (subvolume, snapshot) = (root.appending("Sub").string, root.appending("Twin").string)
        try await mounts.run("btrfs", "subvolume", "snapshot", subvolume, snapshot)
        try await daemon.settle()
        #expect(try await daemon.records().filter { $0.path.hasPrefix("Twin/") }.map(\.state) == ["ready", "ready"])

        try await mounts.run("btrfs", "subvolume", "delete", subvolume)
        try await daemon.holds(at: "book.missing") {
            try await daemon.records().filter { $0.state == "missing" }.map(\.path) == ["Sub/1.cbz", "Sub/2.cbz"]
        }
        // The snapshot is watched, and so is a directory that takes the old name.
        _ = try await daemon.told(of: "book.added") { try await shelf.put("Twin/3.cbz", tint: 62) }
        _ = try await daemon.told(of: "book.added") { try await shelf.put("Sub/3.cbz", tint: 63) }
        #expect(try await daemon.library("books").state == "online")
    }
}
