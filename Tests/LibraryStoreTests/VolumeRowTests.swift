// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("The volumes of a library are remembered as they were believed")
struct VolumeRowTests {
    private func sighting(_ path: FilePath, blocks: UInt64 = .max) -> VolumeSighting {
        VolumeSighting(
            path: path,
            fileSystem: "ext4",
            source: "/dev/sdb1",
            subroot: "/",
            mountPoint: "/srv/\"ä\"",
            isMountRoot: true,
            identifier: .max,
            blocks: blocks
        )
    }

    @Test func `they come back in the order of their paths, of any bytes, and of this library alone`() async throws {
        let bench = try await StoreBench()
        #expect(try await bench.store.volumes(of: bench.comics).isEmpty)
        let sightings = [sighting(FilePath(bytes: [0xff, 0x0a])), sighting("disk"), sighting("")]
        try await bench.change { try $0.remember(sightings) }
        #expect(try await bench.store.volumes(of: bench.comics) == sightings.reversed())
        let other = try #require(LibraryName("books2"))
        #expect(try await bench.store.volumes(of: other).isEmpty)
    }

    @Test func `new ones take the place of all before, and the same ones are not written again`() async throws {
        let bench = try await StoreBench()
        let first = [sighting(""), sighting("disk")]
        let second = [sighting("", blocks: 5)]
        try await bench.change { try $0.remember(first) }
        let written = { (sightings: [VolumeSighting]) in
            try await bench.store.commit(for: bench.comics, job: nil) { catalog in
                let before = catalog.db.totalChangesCount
                try catalog.remember(sightings)
                return catalog.db.totalChangesCount - before
            }
        }
        #expect(try await written(first.reversed()) == 0)
        #expect(try await written(second) == 3)
        #expect(try await bench.store.volumes(of: bench.comics) == second)
        #expect(try await written([]) == 1)
        #expect(try await bench.store.volumes(of: bench.comics).isEmpty)
    }
}
