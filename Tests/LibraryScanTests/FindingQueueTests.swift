// SPDX-License-Identifier: MIT
import Support
import SystemPackage
import Testing

@testable import LibraryModel
@testable import LibraryScan

@Suite("Findings are committed in batches, and none waits long", .timeLimit(.minutes(1)))
struct FindingQueueTests {
    private let clock = ManualClock()
    private let queue: FindingQueue

    init() {
        queue = FindingQueue(clock: clock)
    }

    private func reading(_ number: Int) -> ScanFinding {
        let time = Timestamp(nanoseconds: 1)
        let stamp = FileStamp(device: 1, inode: 1, born: nil, size: 1, modified: time, changed: time)
        let candidate = DirectoryDifference.Candidate(name: FileName("\(number)"), format: .cbz, stamp: stamp)
        return .reading(BookReading(directory: FilePath(), candidate: candidate, outcome: .changed))
    }

    @Test func `a batch is full at its limit, though more is under way`() async {
        queue.expect(FindingQueue.limit + 2)
        for number in 0...FindingQueue.limit { queue.add(reading(number)) }
        #expect(await queue.next()?.count == FindingQueue.limit)
        queue.finish()
        #expect(await queue.next()?.count == 1)
        #expect(await queue.next() == nil)
    }

    @Test func `the last reading that is under way brings the batch at once`() async {
        queue.expect(2)
        queue.add(reading(1))
        async let batch = queue.next()
        queue.add(reading(2))
        #expect(await batch?.count == 2)
    }

    @Test func `a finding goes at once when nothing is under way`() async {
        queue.add(.readable("Meadow"))
        #expect(await queue.next()?.count == 1)
    }

    @Test func `a consumer that is cancelled takes what comes all the same, and waits for the end`() async {
        queue.expect(2)
        let consumer = Task { [queue] in
            var count = 0
            while let batch = await queue.next() { count += batch.count }
            return count
        }
        consumer.cancel()
        queue.add(reading(1))
        queue.add(reading(2))
        queue.finish()
        #expect(await consumer.value == 2)
    }

    @Test func `a finding waits for company no longer than its patience`() async {
        await withThrowingTaskGroup { group in
            group.addTask { [queue] in try await queue.keepTime() }
            group.addTask { [clock] in
                while !Task.isCancelled {
                    clock.advance(by: FindingQueue.patience)
                    await Task.yield()
                }
            }
            queue.expect(2)
            for number in 1...2 {
                queue.add(.readable(FilePath("Meadow/\(number)")))
                #expect(await queue.next()?.count == 1)
            }
            group.cancelAll()
        }
    }

    @Test func `who flushes waits until all that was added before is dealt with`() async {
        await queue.flush()
        for number in 1...2 { queue.add(.readable(FilePath("Meadow/\(number)"))) }
        let (steps, step) = AsyncStream.makeStream(of: String.self)
        let flush = Task { [queue] in
            await queue.flush()
            step.yield("flushed")
            step.finish()
        }
        let batch = await queue.next() ?? []
        #expect(batch.count == 2)
        for _ in 0..<100 { await Task.yield() }
        step.yield("dealt with")
        queue.settle(batch)
        await flush.value
        #expect(await steps.reduce(into: []) { $0.append($1) } == ["dealt with", "flushed"])
    }

    @Test func `the end gives what is left and then nothing, as often as it is asked`() async {
        queue.expect(1)
        queue.add(.readable("Meadow"))
        queue.finish()
        #expect(await queue.next()?.count == 1)
        for _ in 1...2 { #expect(await queue.next() == nil) }
    }
}
