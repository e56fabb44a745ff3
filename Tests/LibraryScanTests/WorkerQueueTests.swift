// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("What is urgent goes first, in shares that leave some for the other workers")
struct WorkerQueueTests {
    private typealias Work = WorkerPool.Work

    private static let facts = WorkRequest.Task.facts(readsMetadata: true, checksParts: false)
    private static let hashed = WorkRequest.Task.facts(readsMetadata: true, checksParts: false, hashes: .file)
    private static let thumbnail = WorkRequest.Task.thumbnail(ThumbnailSettings())

    private let book: OpenBook

    init() throws {
        let directory = try TemporaryDirectory()
        try directory.write("1.cbz", BookBuilder.comic(pages: 1))
        let descriptor = try FileDescriptor.open(directory.path.appending("1.cbz"), .readOnly)
        book = OpenBook(descriptor: descriptor, stamp: try #require(FileStamp(of: descriptor)))
    }

    private func work(_ task: WorkRequest.Task, job: Int64 = 0, promised: MediaFormat = .cbz) throws -> Work {
        let label = BookInFlight(job: job, library: try #require(LibraryName("comics")), path: "1.cbz")
        return Work(task: task, promised: promised, book: book, label: label) { _ in }
    }

    private func queue(_ tasks: [WorkRequest.Task]) throws -> WorkerQueue {
        var queue = WorkerQueue()
        for (number, task) in tasks.enumerated() { queue.append(try work(task, job: Int64(number))) }
        return queue
    }

    private func numbers(_ share: [Work]) -> [Int64] { share.compactMap { $0.label?.job } }

    @Test func `facts go before thumbnails, and thumbnails before analyses`() throws {
        var queue = try queue([.pages, Self.thumbnail, Self.facts, .pages, Self.thumbnail, Self.facts])
        var shares: [[Int64]] = []
        while case let share = queue.takeShare(of: 1), !share.isEmpty { shares.append(numbers(share)) }
        #expect(shares == [[2, 5], [1, 4], [0], [3]])
    }

    @Test(arguments: [(100, 1, 32), (100, 4, 25), (3, 2, 2), (1, 4, 1)])
    func `a share of facts is a fair one, and fits a packet`(waiting: Int, size: Int, share: Int) throws {
        var queue = try queue([WorkRequest.Task](repeating: Self.facts, count: waiting))
        #expect(numbers(queue.takeShare(of: size)) == (0..<share).map(Int64.init))
        #expect(queue.takeAll().count == waiting - share)
    }

    @Test func `a share is for workers of one profile`() throws {
        var queue = WorkerQueue()
        for (number, format) in [MediaFormat.cbz, .epub, .pdf, .pdf, .cbz].enumerated() {
            queue.append(try work(Self.facts, job: Int64(number), promised: format))
        }
        #expect(numbers(queue.takeShare(of: 1)) == [0, 1])
        #expect(numbers(queue.takeShare(of: 1)) == [2, 3])
        #expect(numbers(queue.takeShare(of: 1)) == [4])
    }

    @Test func `analyses leave one worker free, where there are several`() throws {
        var queue = try queue([.pages, .pages, .pages])
        #expect(numbers(queue.takeShare(of: 1)) == [0])
        #expect(queue.takeShare(of: 3, besides: 2).isEmpty)
        #expect(numbers(queue.takeShare(of: 3, besides: 1)) == [1])
        queue.append(try work(Self.facts, job: 9))
        #expect(numbers(queue.takeShare(of: 3, besides: 2)) == [9])
        #expect(queue.takeShare(of: 2, besides: 1).isEmpty)
        #expect(queue.takeAll().count == 1)
    }

    @Test func `books that are read whole are given two at a time`() throws {
        var queue = try queue([Self.hashed, Self.hashed, Self.hashed, Self.facts, Self.facts, Self.hashed])
        #expect(numbers(queue.takeShare(of: 1)) == [0, 1])
        #expect(numbers(queue.takeShare(of: 1)) == [2])
        #expect(numbers(queue.takeShare(of: 1)) == [3, 4])
    }

    @Test func `what is put back comes before what came since`() throws {
        var queue = try queue([Self.facts, Self.facts, .pages])
        let taken = queue.takeAll()
        queue.append(try work(Self.facts, job: 9))
        queue.putBack(taken)
        #expect(numbers(queue.takeAll()) == [0, 1, 9, 2])
    }

    @Test func `what reads all of a file is given time by its size`() throws {
        var stamp = book.stamp
        stamp.size = 100 << 20
        let large = OpenBook(descriptor: try book.descriptor.duplicate(), stamp: stamp)
        let limit = Duration.seconds(60)
        #expect(Work(task: .pages, promised: .cbz, book: large) { _ in }.patience(limit) == .seconds(240))
        #expect(Work(task: Self.hashed, promised: .cbz, book: large) { _ in }.patience(limit) == .seconds(240))
        #expect(Work(task: Self.facts, promised: .cbz, book: large) { _ in }.patience(limit) == limit)
        #expect(try work(.pages).patience(limit) == limit)
    }
}
