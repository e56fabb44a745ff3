// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("Whoever listens hears how far a job has come", .timeLimit(.minutes(2)))
struct JobProgressTests {
    /// What was told of a job's progress while something was done.
    private func told(_ bench: ScanBench, while work: () async throws -> Void) async throws -> [JobProgress] {
        let feed = bench.store.events.listen()
        try await work()
        bench.store.events.close()
        var told: [JobProgress] = []
        for await case .event(let event) in feed where event.type == .jobProgress {
            told.append(try JSONDecoder().decode(JobProgress.self, from: Data(event.data.utf8)))
        }
        return told
    }

    @Test func `at most four messages a second are told, however often there is news`() async throws {
        let bench = try await ScanBench()
        let job = try await bench.job(bench.request())
        let control = JobControl(job, phase: .read, at: bench.clock.now)
        let told = try await told(bench) {
            for _ in 0..<1000 {
                bench.clock.advance(by: .milliseconds(10))
                control.update { $0.filesDone += 1 }
                try control.tell(bench.services)
            }
        }
        #expect(told.count == 40, "ten seconds")
        #expect(told.map(\.filesDone) == (0..<40).map { $0 * 25 + 1 })
    }

    @Test func `a share never falls within a phase nor rises above all, and times are told when they are known`()
        async throws
    {
        let bench = try await ScanBench()
        for number in 10...39 { try bench.writeBooks(32, in: "\(number)") }
        try bench.write("40/cut.cbz", BookBuilder.truncatedComic())
        bench.files.beforeListing { _ in bench.clock.advance(by: .milliseconds(300)) }
        bench.files.afterOpening { _ in bench.clock.advance(by: .milliseconds(300)) }
        let told = try await told(bench) {
            let id = try await bench.request()
            try await bench.serve { bench in
                // The second look at the book without an end.
                while await bench.services.pending.entries.isEmpty { await Task.yield() }
                await bench.clock.sleepers(1)
                bench.clock.advance(by: .seconds(1))
                try await bench.reaches(.completed, id)
            }
        }
        let walk = told.filter { $0.phase == .walk }
        #expect(walk.count > 20, "a walk is heard of")
        #expect(walk.allSatisfy { $0.percent == nil && $0.filesTotal == nil && $0.remainingSeconds == nil })
        #expect(walk.map(\.directoriesDone) == walk.map(\.directoriesDone).sorted())
        let read = told.filter { $0.phase == .read }
        let shares = read.compactMap(\.percent)
        #expect(shares.count == read.count && shares == shares.sorted())
        #expect(shares.last == 100 && read.allSatisfy { $0.filesTotal == 961 })
        let size = try await bench.store.pool.read { db in
            try Int64.fetchOne(db, sql: "SELECT sum(size) FROM book") ?? 0
        }
        #expect(read.allSatisfy { $0.bytesTotal == size && $0.bytesDone <= size })
        #expect(read.contains { $0.remainingSeconds ?? 0 > 0 })
    }

    @Test func `thumbnails are counted in books, of which each costs the same`() async throws {
        let bench = try await ScanBench(thumbnails: ThumbnailSettings())
        for number in 1...140 { try bench.write("S/\(number).cbz", BookBuilder.comic(pages: 1, tint: UInt8(number))) }
        bench.files.afterOpening { _ in bench.clock.advance(by: .seconds(2)) }
        let told = try await told(bench) { try await bench.scan() }.filter { $0.phase == .thumbnail }
        // The last commit may be told, or come too soon after the one before.
        #expect(told.map(\.filesDone).prefix(2) == [48, 96])
        #expect(told.allSatisfy { $0.filesTotal == 140 && $0.bytesTotal == nil && $0.bytesDone == 0 })
        let job = try await bench.jobs(.thumbnailGeneration).first
        #expect(job?.progress?.filesDone == 140 && job?.progress?.percent == 100)
        #expect(told[1].remainingSeconds ?? 0 > 0)
    }

    @Test func `what an earlier part of the job did is no rate of this one`() async throws {
        let bench = try await ScanBench()
        let job = try await bench.job(bench.request())
        let control = JobControl(job, phase: .walk, at: bench.clock.now)
        control.update { ($0.filesDone, $0.filesTotal) = (900, 1000) }
        control.enter(.read, at: bench.clock.now)
        bench.clock.advance(by: .seconds(10))
        control.update { $0.filesDone += 10 }
        let progress = control.progress(at: bench.clock.now)
        #expect(progress.filesPerSecond == 1 && progress.percent == 91)
        #expect(progress.remainingSeconds == 90)
    }
}
