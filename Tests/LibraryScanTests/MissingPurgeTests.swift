// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("Only what is surely gone for long is forgotten", .timeLimit(.minutes(2)))
struct MissingPurgeTests {
    private static let month: Duration = .seconds(30 * 86_400)

    /// Six books, of which the three in `A` are missing for 31 days.
    private func bench() async throws -> ScanBench {
        let bench = try await ScanBench()
        for directory in ["A", "B"] { try bench.writeBooks(3, in: directory) }
        try await bench.scan()
        try bench.rename("A", to: "../away")
        try await bench.scan(acceptLosses: true)
        bench.pass(MissingPurgeTests.month + .seconds(86_400))
        return bench
    }

    private func latest(_ bench: ScanBench, _ age: Duration = month) -> Timestamp {
        bench.services.now() + (.zero - age)
    }

    private func maintain(_ bench: ScanBench, _ services: JobServices) async throws -> [String] {
        let id = try await bench.store.request(.maintenance(trigger: .schedule)).job.id
        let job = try #require(try await bench.store.claim([.maintenance]))
        let control = services.running.start(job, phase: .tidy, at: services.clock.now)
        _ = try await CareJob(job, [bench.settings], services, control).run()
        services.running.end(control, isOver: true)
        try await bench.store.take(.complete, of: id)
        return try await bench.store.log(of: id, after: 0, limit: 100).map(\.message)
    }

    @Test func `what is missing for long goes, with its series, and a look beforehand says the same`() async throws {
        let bench = try await bench()
        let purge = MissingPurge(bench.services)
        let gone = try await bench.books().values.filter { $0.state == .missing }.map(\.id).sorted()
        let preview = try await purge.preview(bench.library, since: latest(bench))
        #expect(preview.books == 3 && preview.series == 1 && preview.first == gone)
        #expect(try await bench.books().count == 6)
        let told = Mutex<[Int64]>([])
        let outcome = try await purge.run(bench.library, since: latest(bench)) { ids in told.withLock { $0 += ids } }
        #expect(outcome == preview && told.withLock { $0 } == gone)
        #expect(try await bench.books().keys.sorted() == ["B/1.cbz", "B/2.cbz", "B/3.cbz"])
        #expect(try await bench.series().keys.sorted() == ["B"])
        #expect(try await purge.run(bench.library, since: latest(bench)) == MissingPurge.Outcome())
    }

    @Test func `what is missing for less than that stays`() async throws {
        let bench = try await bench()
        let outcome = try await MissingPurge(bench.services)
            .run(bench.library, since: latest(bench, MissingPurgeTests.month * 2))
        #expect(outcome == MissingPurge.Outcome())
        #expect(try await bench.books().count == 6)
    }

    @Test func `what is there again though nobody has looked stays, and so does its series`() async throws {
        let bench = try await bench()
        try bench.rename("../away/2.cbz", to: "A/2.cbz")
        let purge = MissingPurge(bench.services)
        let preview = try await purge.preview(bench.library, since: latest(bench))
        let outcome = try await purge.run(bench.library, since: latest(bench))
        #expect(preview == outcome && outcome.books == 2 && outcome.series == 0)
        let id = try await bench.book("A/2.cbz")?.id
        try await bench.scan()
        #expect(try await bench.book("A/2.cbz")?.id == id)
        #expect(try await bench.book("A/2.cbz")?.state == .ready)
    }

    @Test func `what cannot be looked at stays`() async throws {
        let bench = try await bench()
        bench.files.fail("A", with: .denied("/comics/A"))
        #expect(try await MissingPurge(bench.services).run(bench.library, since: latest(bench)).books == 0)
        #expect(try await bench.books().count == 6)
    }

    @Test func `nothing of a library is forgotten while its disk, or one below it, is away`() async throws {
        for path in ["", "B"] as [FilePath] {
            let bench = try await bench()
            bench.files.mount([DiskFiles.disk(), DiskFiles.disk(at: "B", source: "/dev/sdb1")])
            try await bench.scan()
            if path.isEmpty {
                bench.files.fail(path, with: .rootOffline("/comics", reason: "gone"))
            } else {
                bench.files.mount([DiskFiles.disk()])
                try bench.rename("B", to: "../unmounted")
            }
            let error = await #expect(throws: PurgeFault.self) {
                try await MissingPurge(bench.services).run(bench.library, since: latest(bench))
            }
            #expect(error?.code == "wrong_state" && error?.remedy?.contains("libraries show comics") == true)
            #expect(try await bench.books().count == 6)
        }
    }

    @Test func `nothing is forgotten while losses are held`() async throws {
        let bench = try await bench()
        try await bench.services.libraryGuard.noteHeldLosses(3, of: bench.library)
        await #expect(throws: PurgeFault.self) {
            try await MissingPurge(bench.services).run(bench.library, since: latest(bench))
        }
        #expect(try await bench.books().count == 6)
    }

    @Test func `nothing is forgotten before all of the library was looked at`() async throws {
        let bench = try await bench()
        var services = bench.services
        services.unseenChanges = { _ in "its directories are being watched" }
        let purge = MissingPurge(services)
        let error = await #expect(throws: PurgeFault.self) {
            try await purge.run(bench.library, since: latest(bench))
        }
        #expect(error == .notInStep(bench.library, "its directories are being watched"))
        #expect(error?.remedy?.contains("stumpctl flush") == true)
    }

    @Test func `a library that is not in the configuration is refused`() async throws {
        let bench = try await bench()
        bench.files.retire(bench.library)
        await #expect(throws: StoreFault.unknownLibrary("comics")) {
            try await MissingPurge(bench.services).run(bench.library, since: latest(bench))
        }
    }

    @Test func `maintenance forgets what is older than the configuration says, and nothing where it says never`()
        async throws
    {
        let bench = try await bench()
        _ = try await maintain(bench, bench.services)
        #expect(try await bench.books().count == 6)
        var services = bench.services
        services.purgeMissing = MissingPurgeTests.month * 2
        _ = try await maintain(bench, services)
        #expect(try await bench.books().count == 6)
        services.purgeMissing = MissingPurgeTests.month
        let log = try await maintain(bench, services)
        #expect(log.contains("3 books of comics that were missing for long, and 1 series, were forgotten"))
        #expect(try await bench.books().count == 3)
        #expect(try await bench.events(.bookRemoved).count == 1)
    }

    @Test func `maintenance leaves a library for the next time that is scanned or cannot be seen`() async throws {
        let bench = try await bench()
        var services = bench.services
        services.purgeMissing = MissingPurgeTests.month
        let scan = try await bench.request()
        let first = try await maintain(bench, services)
        #expect(first.contains { $0.hasPrefix("nothing of comics is forgotten: a scan of comics has not ended") })
        _ = try await bench.store.cancel(scan)
        try await bench.services.libraryGuard.noteHeldLosses(3, of: bench.library)
        let second = try await maintain(bench, services)
        #expect(second.contains { $0.hasPrefix("nothing of comics is forgotten, for not all of it can be seen") })
        #expect(try await bench.books().count == 6)
    }
}
