// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Logging
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A worker that dies costs the book it had in hand", .timeLimit(.minutes(1)))
struct WorkerPoolTests {
    private func pool(
        size: Int = 1,
        program: FilePath = ScanBench.workerProgram,
        limit: Duration = .seconds(30)
    ) -> WorkerPool {
        WorkerPool(size: size, program: program, limit: limit, logger: .silent)
    }

    private func book(_ directory: TemporaryDirectory, _ name: String) throws -> OpenBook {
        try directory.write(FilePath(name), BookBuilder.comic(pages: 2))
        let descriptor = try FileDescriptor.open(directory.path.appending(name), .readOnly, options: .closeOnExec)
        return OpenBook(descriptor: descriptor, stamp: try #require(FileStamp(of: descriptor)))
    }

    /// Has the facts of some books read, doing something once they are submitted.
    private func read(
        _ books: [OpenBook],
        in pool: WorkerPool,
        then action: () async -> Void = {}
    ) async -> [WorkerPool.Outcome] {
        let (stream, continuation) = AsyncStream.makeStream(of: WorkerPool.Outcome.self)
        pool.submit(
            books.map { book in
                WorkerPool.Work(task: .facts(readsMetadata: true, checksParts: true), promised: .cbz, book: book) {
                    continuation.yield($0)
                }
            }
        )
        await action()
        var outcomes: [WorkerPool.Outcome] = []
        if books.isEmpty { return [] }
        for await outcome in stream {
            outcomes.append(outcome)
            if outcomes.count == books.count { break }
        }
        return outcomes
    }

    private func isDone(_ outcome: WorkerPool.Outcome) -> Bool {
        if case .done(.facts(let facts)) = outcome { facts.pages == 2 } else { false }
    }

    @Test func `a killed worker costs one book, and its successor reads the rest`() async throws {
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
        let failed = outcomes.filter { !isDone($0) }
        #expect(failed.count == 1)
        guard case .failed(let finding)? = failed.first else {
            Issue.record("\(failed)")
            return
        }
        #expect(finding.problem == .workerCrash)
        #expect(pool.figures.faults == [.workerCrash: 1])
        #expect(pool.figures.processes.first != worker)
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
        #expect(await read([books[1]], in: pool).allSatisfy(isDone))
    }

    @Test func `a program that is not there fails its books and hangs nobody`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(size: 2, program: "/nonexistent/stump-worker")
        defer { pool.stop() }
        let books = try (0..<5).map { try book(directory, "\($0).cbz") }
        #expect(await read(books, in: pool).allSatisfy { $0 != .changed && !isDone($0) })
    }

    @Test func `a worker that dies before it greets is noticed at once, and not when its time is over`() async throws {
        let directory = try TemporaryDirectory()
        let pool = pool(program: "/bin/true", limit: .seconds(600))
        defer { pool.stop() }
        // The suite's minute is far below the limit, which is what waiting for a greeting would take.
        let outcomes = await read([try book(directory, "1.cbz")], in: pool)
        #expect(outcomes.allSatisfy { $0 != .changed && !isDone($0) })
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
