// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A library is believed only on the disk that its books were found on", .timeLimit(.minutes(5)))
struct LibraryGuardTests {
    private func allAreReady(_ bench: ScanBench) async throws -> Bool {
        try await bench.books().values.allSatisfy { $0.state == .ready }
    }

    private func offline(_ root: FilePath) -> ListingFault {
        .rootOffline(root, reason: "No such file or directory")
    }

    @Test func `a root that is gone fails the job, marks nothing, and comes back by itself`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(5, in: "S")
        try await bench.scan()
        bench.files.fail(FilePath(), with: offline(bench.settings.root))
        for _ in 1...2 {
            let job = try await bench.scan()
            #expect(job.state == .failed && job.errorCode == "root_offline")
        }
        #expect(bench.condition == .offline(offline(bench.settings.root).summary))
        #expect(try await allAreReady(bench))
        #expect(try await bench.problems().map(\.problem) == [.rootOffline])
        bench.files.fail(FilePath(), with: nil)
        #expect(try await bench.scan().state == .completed)
        #expect(bench.condition == .online)
        #expect(try await bench.problems().isEmpty)
        #expect(try await bench.events(.libraryOffline).count == 1)
        #expect(try await bench.events(.libraryOnline).count == 1)
    }

    @Test func `a root that goes while a job runs fails it`() async throws {
        let bench = try await ScanBench()
        for directory in ["S", "T"] { try bench.writeBooks(5, in: directory) }
        try await bench.scan()
        let fault = offline(bench.settings.root)
        bench.files.fail("T", with: fault)
        let job = try await bench.scan()
        #expect(job.state == .failed && job.errorCode == "root_offline")
        #expect(bench.condition == .offline(fault.summary))
        bench.files.fail("T", with: nil)
        #expect(try await bench.scan(.directories(["T"])).state == .completed)
        #expect(bench.condition == .online, "the check has listed the root")
    }

    @Test func `a root that may not be read is offline until it can be listed`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(5, in: "S")
        try await bench.scan()
        bench.files.fail(FilePath(), with: .denied(bench.settings.root))
        #expect(try await bench.scan().errorCode == "root_offline")
        #expect(try await bench.scan(.directories(["S"])).errorCode == "root_offline")
        #expect(try await bench.events(.libraryOffline).count == 1)
        bench.files.fail(FilePath(), with: nil)
        #expect(try await bench.scan(.directories(["S"])).state == .completed)
        #expect(bench.condition == .online)
    }

    @Test func `another disk in the place of the root's fails the job before anything is committed`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(60, in: "S")
        try await bench.scan()
        let rows = try await bench.catalogRows()
        try bench.remove("S")
        try bench.writeBooks(3, in: "lost+found books")
        bench.files.mount([DiskFiles.disk(source: "/dev/sdb1 (other)")])
        let listings = bench.files.listings.count
        let job = try await bench.scan()
        #expect(job.errorCode == "root_offline")
        #expect(bench.files.listings.count == listings)
        #expect(try await bench.catalogRows().filter { !$0.contains("root_offline") } == rows)
        guard case .offline(let reason) = bench.condition else {
            Issue.record("\(bench.condition)")
            return
        }
        #expect(reason.hasPrefix("another file system is mounted at /"))
        #expect(job.errorDetail == reason)
        bench.files.mount([DiskFiles.disk()])
        #expect(try await bench.services.libraryGuard.check(bench.library) == .online)
        #expect(try await bench.problems().isEmpty)
    }

    @Test func `another disk with the same books on it is adopted, and remembered`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(60, in: "S")
        try await bench.scan()
        let other = DiskFiles.disk(source: "/dev/sdb1 (other)")
        for number in 1...9 { try bench.remove("S/\(number).cbz") }
        bench.files.mount([other])
        #expect(try await bench.services.libraryGuard.check(bench.library) == .online)
        #expect(bench.files.sampled.count == 60)
        #expect(try await bench.store.volumes(of: bench.library) == [other])
        _ = try await bench.services.libraryGuard.check(bench.library)
        #expect(bench.files.sampled.count == 60)
        #expect(try await bench.events(.libraryOffline).isEmpty)
    }

    @Test func `a disk that is mounted over a part of the library takes none of the books there with it`() async throws
    {
        let bench = try await ScanBench()
        try bench.writeBooks(20, in: "S")
        try bench.writeBooks(3, in: "T")
        try await bench.scan()
        try bench.remove("S")
        try bench.writeBooks(1, in: "S")
        bench.files.mount([DiskFiles.disk(), DiskFiles.disk(at: "S", source: "/dev/sdb1")])
        #expect(try await bench.scan().state == .completed)
        guard case .suspect(let reason) = bench.condition else {
            Issue.record("\(bench.condition)")
            return
        }
        #expect(reason.contains("S is offline"))
        #expect(try await bench.books().values.count { $0.state == .ready } == 23)
        bench.files.mount([DiskFiles.disk(), DiskFiles.disk(at: "U", source: "/dev/sdb1")])
        try await bench.services.libraryGuard.check(bench.library)
        #expect(bench.condition == .online, "where there were no books nothing is hidden")
    }

    @Test func `another disk is adopted when somebody accepts the losses`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(60, in: "S")
        try await bench.scan()
        try bench.remove("S")
        try bench.writeBooks(3, in: "T")
        bench.files.mount([DiskFiles.disk(source: "/dev/sdb1 (other)")])
        #expect(try await bench.scan().state == .failed)
        let job = try await bench.scan(acceptLosses: true)
        #expect(job.state == .completed && job.report?[.missingMedia] == 60 && job.report?[.createdMedia] == 3)
        #expect(bench.condition == .online)
        #expect(try await bench.scan().state == .completed)
    }

    @Test func `a nested disk that is not mounted makes the library suspect, and drops the losses below it alone`()
        async throws
    {
        let bench = try await ScanBench()
        try bench.writeBooks(20, in: "disks/two/S")
        try bench.writeBooks(5, in: "K")
        let nested = DiskFiles.disk(at: "disks/two", source: "/dev/sdb1")
        bench.files.mount([DiskFiles.disk(), nested])
        try await bench.scan()
        #expect(bench.condition == .online)
        let stamp = try await bench.tree()["disks/two"]?.stamp
        for way in ["disks/two/S", "disks/two", "disks"] {
            try bench.remove(way)
            try? bench.remove("K/1.cbz")
            bench.files.mount([DiskFiles.disk()])
            for _ in 1...2 {
                let job = try await bench.scan()
                #expect(job.state == .completed && job.report?[.heldLosses] == 0)
                bench.clock.advance(by: .seconds(5))
            }
            #expect(
                bench.condition
                    == .suspect("the volume disks/two is offline: /comics/disks/two is not mounted")
            )
            #expect(try await bench.books().values.filter { $0.state == .missing }.map(\.path) == ["K/1.cbz"])
            #expect(try await bench.tree()["disks/two"]?.stamp == stamp)
        }
        #expect(try await !bench.isSettled(FilePath()), "a directory that is not there holds a disk that is not there")
        #expect(try await bench.isSettled("K"))
        let offline = await bench.services.libraryGuard.offlineVolumes(of: bench.library)
        #expect(offline.keys.map(\.string) == ["disks/two"])
        #expect(await bench.services.losses.entries.isEmpty)
        try bench.writeBooks(20, in: "disks/two/S")
        bench.files.mount([DiskFiles.disk(), nested])
        try await bench.scan()
        #expect(bench.condition == .online)
        #expect(try await bench.events(.librarySuspect).count == 1)
    }

    @Test func `a nested disk that is gone for good is gone with its books when somebody accepts the losses`()
        async throws
    {
        let bench = try await ScanBench()
        try bench.writeBooks(20, in: "two")
        try bench.writeBooks(5, in: "K")
        bench.files.mount([DiskFiles.disk(), DiskFiles.disk(at: "two", source: "/dev/sdb1")])
        try await bench.scan()
        try bench.remove("two")
        bench.files.mount([DiskFiles.disk()])
        #expect(try await bench.scan().report?[.missingMedia] == 0)
        #expect(try await bench.scan(acceptLosses: true).report?[.missingMedia] == 20)
        #expect(bench.condition == .online)
        #expect(try await bench.store.volumes(of: bench.library).map(\.path) == [FilePath()])
        #expect(try await bench.isSettled(FilePath()))
    }

    @Test func `a disk that goes between the listing and the commit takes the proof of every loss with it`()
        async throws
    {
        let bench = try await ScanBench()
        try bench.writeBooks(60, in: "S")
        try await bench.scan()
        try bench.remove("S")
        bench.files.beforeListing { _ in
            bench.files.mount([DiskFiles.disk(source: "/dev/sdb1 (other)")])
        }
        let removals = Removals(files: 0, directories: 1)
        let job = try await bench.scan(.directories([FilePath()], removals: removals))
        #expect(job.errorCode == "root_offline")
        #expect(try await allAreReady(bench))
        bench.files.beforeListing(nil)
        let listing = try await bench.files.list(FilePath(), of: bench.library)
        #expect(try await bench.tree()[FilePath()]?.stamp != listing.stamp)
    }

    @Test func `a check costs one look at the mounts while nothing has changed, and writes nothing`() async throws {
        let bench = try await ScanBench()
        try bench.writeBooks(3, in: "S")
        try await bench.scan()
        let rows = try await bench.catalogRows()
        let looks = bench.files.volumeLooks
        for _ in 1...5 { #expect(try await bench.services.libraryGuard.check(bench.library) == .online) }
        #expect(bench.files.volumeLooks == looks + 5)
        #expect(try await bench.catalogRows() == rows)
        #expect(bench.files.sampled.isEmpty)
    }

    @Test func `what an earlier run found offline is told to be online by the first check that succeeds`() async throws
    {
        let bench = try await ScanBench()
        try bench.writeBooks(3, in: "S")
        bench.files.fail(FilePath(), with: offline(bench.settings.root))
        try await bench.scan()
        bench.files.fail(FilePath(), with: nil)
        let later = LibraryGuard(store: bench.store, files: bench.files, clock: bench.clock, logger: .silent)
        #expect(try await later.check(bench.library) == .online)
        #expect(try await bench.problems().isEmpty)
        #expect(try await bench.events(.libraryOnline).count == 1)
        let last = LibraryGuard(store: bench.store, files: bench.files, clock: bench.clock, logger: .silent)
        #expect(try await last.check(bench.library) == .online)
        #expect(try await bench.events(.libraryOnline).count == 1)
    }
}
