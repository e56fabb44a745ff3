// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Logging
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A worker that dies twice over a book costs that book and no other", .timeLimit(.minutes(1)))
struct WorkerPoolTests {
    /// Does what a book's first bytes tell it; the tests' own.
    static let faultyProgram = ScanBench.workerProgram.removingLastComponent().appending("faulty-worker")

    @Test func `a pool may be larger or smaller from one book to the next, and reads every one`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(size: 1)
        defer { pool.stop() }
        for (round, size) in [3, 1, 2, 1, 4].enumerated() {
            pool.resize(to: size)
            let books = try (0..<20).map { try book(directory, "\(round)-\($0).cbz") }
            let outcomes = await read(books, in: pool)
            #expect(outcomes.count == 20 && outcomes.allSatisfy(isDone) && pool.figures.size == size)
        }
    }

    @Test func `a PDF finds its worker whatever its name, and so do the books beside it`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(size: 2)
        defer { pool.stop() }
        let books = try (0..<12).map { number in
            try directory.write(
                FilePath("\(number).cbz"),
                number.isMultiple(of: 3) ? PDFWriter().bytes : BookBuilder.comic(pages: 2)
            )
            let path = directory.path.appending("\(number).cbz")
            let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return OpenBook(descriptor: descriptor, stamp: try #require(FileStamp(of: descriptor)))
        }
        for (number, outcome) in await read(books, in: pool).enumerated() {
            guard case .done(.facts(let facts)) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(facts.format == (number.isMultiple(of: 3) ? .pdf : .cbz))
        }
        #expect(pool.figures.faults == [:])
        #expect((2...4).contains(pool.figures.processes.count))
    }

    @Test func `a killed worker costs no book, and its successor reads them all`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool()
        defer { pool.stop() }
        let books = try (0..<6).map { try book(directory, "\($0).cbz") }
        #expect(await read([books[0]], in: pool).allSatisfy(isDone))
        let worker = try #require(pool.figures.processes.first)
        kill(worker, SIGSTOP)
        let outcomes = await read(books, in: pool) {
            // The packet lies with a worker that will never look at it.
            while pool.figures.requests < 1 + books.count { await Task.yield() }
            kill(worker, SIGKILL)
        }
        #expect(outcomes.allSatisfy(isDone))
        #expect(pool.figures.faults == [.workerCrash: 1])
        #expect(pool.figures.processes.first != worker)
    }

    @Test func `a book over which two workers die has the blame, and the others of its packet are read`() async throws {
        let directory = try TemporaryDirectory()
        let log = LogBook()
        let pool = pool(program: Self.faultyProgram, logger: log.logger)
        defer { pool.stop() }
        let texts = ["fine", "fine", "die!", "fine", "die!", "die!", "fine"]
        let books = try texts.enumerated().map { try book(directory, "\($0).cbz", $1) }
        let outcomes = await read(books, in: pool)
        for (text, outcome) in zip(texts, outcomes) {
            if text == "fine" { #expect(isDone(outcome)) } else { #expect(problem(outcome) == .workerCrash) }
        }
        #expect(pool.figures.faults == [.workerCrash: 6])
        let first = log.metadata(of: "Worker ended while reading a book; the book is tried once more, alone")
        let last = log.metadata(of: "Worker ended while reading a book; another takes its place")
        #expect(first.map { $0["path"] } == ["2.cbz", "4.cbz", "5.cbz"])
        #expect(last.map { $0["path"] } == ["2.cbz", "4.cbz", "5.cbz"])
        #expect(last.allSatisfy { $0["library"] == "comics" && $0["reason"] != nil && $0["job.id"] != nil })
    }

    @Test func `a book that was only the victim of those before it is read`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(program: Self.faultyProgram)
        defer { pool.stop() }
        let texts = ["fine", "fine", "tire", "fine", "tire"]
        let outcomes = await read(try texts.enumerated().map { try book(directory, "\($0).cbz", $1) }, in: pool)
        #expect(outcomes.allSatisfy(isDone))
        #expect(pool.figures.faults == [.workerCrash: 2])
    }

    @Test func `a thumbnail that was begun by a worker that died is drawn anew`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(program: Self.faultyProgram)
        defer { pool.stop() }
        #expect(await read([try book(directory, "1.cbz", "fine")], in: pool).allSatisfy(isDone))
        let output = try FileDescriptor.open(
            directory.path.appending("drawing"),
            .readWrite,
            options: [.create, .closeOnExec],
            permissions: .ownerReadWrite
        )
        defer { try? output.close() }
        let tiring = try book(directory, "2.cbz", "tire")
        let outcome = await withCheckedContinuation { continuation in
            let task = WorkRequest.Task.thumbnail(ThumbnailSettings())
            pool.submit([
                WorkerPool.Work(task: task, promised: .cbz, book: tiring, output: output) {
                    continuation.resume(returning: $0)
                }
            ])
        }
        #expect(outcome == .done(.thumbnail(width: 1, height: 1, findings: [])))
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = try bytes.withUnsafeMutableBytes { try output.read(fromAbsoluteOffset: 0, into: $0) }
        #expect(String(decoding: bytes[..<count], as: UTF8.self) == "drawn")
    }

    @Test func `a book that changed under a worker that died is not held guilty`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(program: Self.faultyProgram)
        defer { pool.stop() }
        let changed = try book(directory, "1.cbz", "die!")
        try directory.write("1.cbz", Array("die! and more".utf8))
        #expect(await read([changed, try book(directory, "2.cbz", "fine")], in: pool).first == .changed)
        #expect(pool.figures.faults.isEmpty)
    }

    @Test func `a worker over time is killed, and the next book is read`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(limit: .seconds(3))
        defer { pool.stop() }
        let books = try (0..<2).map { try book(directory, "\($0).cbz") }
        #expect(await read([books[0]], in: pool).allSatisfy(isDone))
        kill(try #require(pool.figures.processes.first), SIGSTOP)
        let outcomes = await read([books[0]], in: pool)
        guard case .failed(let finding)? = outcomes.first else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(finding.problem == .workerTimeout)
        #expect(pool.figures.faults == [.workerTimeout: 1])
        #expect(await read([books[1]], in: pool).allSatisfy(isDone))
    }

    @Test func `a program that is not there is the fault of no book, and hangs nobody`() async throws {
        let directory = try TemporaryDirectory()
        let program: FilePath = "/nonexistent/stump-worker"
        let pool = pool(size: 2, program: program)
        defer { pool.stop() }
        let books = try (0..<5).map { try book(directory, "\($0).cbz") }
        let fault = WorkerFault.cannotStart(program, reason: "No such file or directory")
        #expect(await read(books, in: pool) == [WorkerPool.Outcome](repeating: .unavailable(fault), count: 5))
    }

    @Test func `a worker that dies before it greets is noticed at once, and not when its time is over`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(program: "/bin/true", limit: .seconds(600))
        defer { pool.stop() }
        // The suite's minute is far below the limit, which is what waiting for a greeting would take.
        let outcomes = await read([try book(directory, "1.cbz")], in: pool)
        #expect(outcomes == [.unavailable(.cannotStart("/bin/true", reason: "it ended with code 0"))])
    }

    @Test func `work that is not wanted any more reaches no worker`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool()
        defer { pool.stop() }
        let books = try (0..<50).map { try book(directory, "\($0).cbz") }
        #expect(await read(books, in: pool, isWanted: { _ in false }).allSatisfy { $0 == .withdrawn })
        #expect(pool.figures.requests == 0)
        #expect(pool.figures.processes.isEmpty)
        let outcomes = await read(books, in: pool, isWanted: { $0 % 10 == 3 })
        #expect(outcomes.enumerated().allSatisfy { $0 % 10 == 3 ? isDone($1) : $1 == .withdrawn })
        #expect(pool.figures.requests == 5)
    }

    @Test func `work is withdrawn at once though the only worker is busy, and what is wanted stays`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool()
        defer { pool.stop() }
        let books = try (0..<60).map { try book(directory, "\($0).cbz") }
        #expect(await read([books[0]], in: pool).allSatisfy(isDone))
        let worker = try #require(pool.figures.processes.first)
        kill(worker, SIGSTOP)
        let isCancelled = Atomic(false)
        let withdrawn = Atomic(0)
        let outcomes = await read(
            books,
            in: pool,
            then: {
                // A packet of 32 lies with the worker, which does not move.
                while pool.figures.requests < 1 + WorkerProtocol.requestLimit { await Task.yield() }
                isCancelled.store(true, ordering: .relaxed)
                pool.withdrawUnwanted()
                #expect(withdrawn.load(ordering: .relaxed) == 14)
                kill(worker, SIGCONT)
            },
            isWanted: { number in
                if number % 2 == 0 || !isCancelled.load(ordering: .relaxed) { return true }
                withdrawn.add(1, ordering: .relaxed)
                return false
            }
        )
        for (number, outcome) in outcomes.enumerated() {
            if number >= WorkerProtocol.requestLimit, number % 2 == 1 {
                #expect(outcome == .withdrawn)
            } else {
                #expect(isDone(outcome))
            }
        }
    }

    @Test func `work that is withdrawn just before it is given to a worker ends as that`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(program: Self.faultyProgram, limit: .seconds(600))
        defer { pool.stop() }
        let books = try ["hang", "hang"].enumerated().map { try book(directory, "\($0).cbz", $1) }
        let isCancelled = Atomic(false)
        let outcomes = await read(
            books,
            in: pool,
            isWanted: { number in
                if isCancelled.load(ordering: .relaxed) { return false }
                if number == 1 {
                    isCancelled.store(true, ordering: .relaxed)
                    // Nothing waits any more, and no worker has anything in hand yet.
                    pool.withdrawUnwanted(abruptly: true)
                }
                return true
            }
        )
        #expect(outcomes == [.withdrawn, .withdrawn])
        #expect(pool.figures.requests == 0)
    }

    @Test func `a book of which every byte is read is let go of in the middle, and another is not`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(program: Self.faultyProgram, limit: .seconds(600))
        defer { pool.stop() }
        let isCancelled = Atomic(false)
        let hashed = WorkRequest.Task.facts(readsMetadata: true, checksParts: true, hashes: .file)
        let outcomes = await read(
            [try book(directory, "1.cbz", "hang"), try book(directory, "2.cbz", "hang")],
            in: pool,
            task: hashed,
            then: {
                while pool.figures.requests < 2 { await Task.yield() }
                isCancelled.store(true, ordering: .relaxed)
                pool.withdrawUnwanted()
            },
            isWanted: { _ in !isCancelled.load(ordering: .relaxed) }
        )
        #expect(outcomes == [.withdrawn, .withdrawn])
        #expect(pool.figures.faults.isEmpty, "no book is to blame")
    }

    @Test func `a new book is read while analyses keep all workers busy that they may have`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(size: 2, program: Self.faultyProgram, limit: .seconds(600))
        defer { pool.stop() }
        let isCancelled = Atomic(false)
        let slow = try (0..<4).map { try book(directory, "slow \($0).cbz", "slow") }
        let new = try book(directory, "new.cbz", "fine")
        let outcomes = await read(
            slow,
            in: pool,
            task: .pages,
            then: {
                #expect(await read([new], in: pool).allSatisfy(isDone))
                isCancelled.store(true, ordering: .relaxed)
                pool.withdrawUnwanted()
            },
            isWanted: { _ in !isCancelled.load(ordering: .relaxed) }
        )
        #expect(outcomes == [WorkerPool.Outcome](repeating: .withdrawn, count: 4))
    }

    @Test(arguments: [1, 2, 3])
    func `every analysis has its turn, however many workers there are`(size: Int) async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(size: size, program: Self.faultyProgram)
        defer { pool.stop() }
        let books = try (0..<40).map { try book(directory, "\($0).cbz", "fine") }
        for _ in 1...5 {
            let outcomes = await read(books, in: pool, task: .pages)
            #expect(outcomes == [WorkerPool.Outcome](repeating: .done(.pages(PageAnalysis())), count: 40))
        }
    }

    @Test func `the book whose report is awaited is noted, and none once all are done`() async throws {
        let directory = try TemporaryDirectory()
        let noted = directory.path.appending("in-flight")
        func left() throws -> [BookInFlight] {
            let descriptor = try FileDescriptor.open(noted, .readOnly)
            defer { try? descriptor.close() }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            // What a new process would find, had this one been killed now.
            try directory.write("copy", Array(bytes[..<count]))
            return try BooksInFlight(opening: directory.path.appending("copy"), slots: 1).left
        }
        let pool = pool(program: Self.faultyProgram, inFlight: try BooksInFlight(opening: noted, slots: 1))
        defer { pool.stop() }
        let books = try ["fine", "fine", "hang", "fine"].enumerated().map { try book(directory, "\($0).cbz", $1) }
        let outcomes = await read(books, in: pool) {
            while (try? left()) != [label(2)].compactMap({ $0 }) { await Task.yield() }
            var killed: [Int32] = []
            while killed.count < 2 {
                if let worker = pool.figures.processes.first, !killed.contains(worker) {
                    kill(worker, SIGKILL)
                    killed.append(worker)
                }
                await Task.yield()
            }
        }
        #expect(outcomes.map(isDone) == [true, true, false, true])
        pool.stop()
        #expect(try left().isEmpty)
    }

    @Test func `work that was not done when the pool stops counts as not read, and nothing is left open`() async throws
    {
        let directory = try TemporaryDirectory()
        let pool = pool(size: 2)
        let first = try book(directory, "first.cbz")
        #expect(await read([first], in: pool).allSatisfy(isDone))
        for worker in pool.figures.processes { kill(worker, SIGSTOP) }
        let books = try (0..<100).map { try book(directory, "\($0).cbz") }
        let outcomes = await read(books, in: pool) { pool.stop() }
        #expect(outcomes.allSatisfy { $0 == .changed || isDone($0) })
        #expect(pool.figures.processes.isEmpty)
    }

    @Test func `the pool says what its workers' sandbox is, and starts none without work`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(size: 2)
        defer { pool.stop() }
        #expect(pool.figures.processes.isEmpty && pool.figures.sandbox == nil)
        _ = await read([try book(directory, "1.cbz")], in: pool)
        #expect(pool.figures.sandbox?.seccomp == true)
        #expect(pool.figures.requests == 1)
    }
}
