// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A job that is stopped keeps what it has, and goes on", .timeLimit(.minutes(1)))
struct StopTests {
    @Test func `a cancelled scan ends as cancelled, and what it had committed stays`() async throws {
        let bench = try await ScanBench()
        for number in 1...20 { try bench.writeBooks(100, in: "\(number)") }
        bench.files.beforeOpening { directory in
            guard directory == "5", let control = bench.services.running.all.first else { return }
            _ = try await bench.store.cancel(control.job.id)
            control.stop(.cancelled)
        }
        let job = try await bench.scan()
        #expect(job.state == .cancelled)
        let count = try await bench.books().count
        #expect(count > 0 && count < 2000)
        bench.files.beforeOpening(nil)
        #expect(try await bench.scan().report?[.createdMedia] == 2000 - count)
    }

    @Test func `a scan that the daemon left goes on at the next start, with every book once`() async throws {
        let bench = try await ScanBench()
        for number in 1...20 { try bench.writeBooks(100, in: "\(number)") }
        bench.files.beforeOpening { directory in
            if directory == "5" { for control in bench.services.running.all { control.stop(.daemon) } }
        }
        let job = try await bench.store.request(LibraryStore.ScanRequest(library: bench.library, trigger: .user)).job
        let feed = bench.store.events.listen()
        try await bench.serve { bench in
            for await _ in feed {
                if bench.services.running.all.isEmpty, try await bench.store.job(job.id).state == .running { return }
            }
        }
        #expect(try await bench.store.job(job.id).state == .running)
        bench.files.beforeOpening(nil)
        #expect(try await bench.store.rescue().map(\.id) == [job.id])
        try await bench.serve()
        let ended = try await bench.store.job(job.id)
        #expect(ended.state == .completed && ended.attempt == 2)
        #expect(try await bench.books().count == 2000)
        #expect(try await bench.integrity() == ["ok"])
    }

    @Test func `an alarm rings once, when its instant has come, and not at one it was moved from`() async throws {
        let clock = ManualClock()
        let alarm = Alarm(clock: clock)
        let (rings, ring) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await alarm.run { ring.yield(1) } }
            alarm.set(clock.now + .seconds(1000))
            await clock.sleepers(1)
            alarm.set(clock.now - .seconds(1))
            for await _ in rings { break }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func `a batch goes out full, and at once when nothing is under way, and the end ends it`() async {
        let queue = FindingQueue(clock: ManualClock())
        queue.expect(1)
        for _ in 0..<FindingQueue.limit { queue.add(.restored([1])) }
        #expect(await queue.next()?.count == FindingQueue.limit)
        queue.add(.restored([1]))
        queue.finish()
        #expect(await queue.next()?.count == 1)
        #expect(await queue.next() == nil)
        let idle = FindingQueue(clock: ManualClock())
        idle.add(.restored([1]))
        #expect(await idle.next()?.count == 1)
    }
}
