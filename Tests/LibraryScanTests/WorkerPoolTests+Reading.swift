// SPDX-License-Identifier: MIT
import LibraryModel
import Logging
import Support
import SystemPackage
import Testing

@testable import LibraryScan

/// A pool, books for it, and what it says of them.
extension WorkerPoolTests {
    func pool(
        size: Int = 1,
        program: FilePath = ScanBench.workerProgram,
        limit: Duration = .seconds(30),
        inFlight: BooksInFlight? = nil,
        logger: Logger = .silent
    ) -> WorkerPool {
        WorkerPool(size: size, program: program, limit: limit, inFlight: inFlight, logger: logger)
    }

    func book(_ directory: TemporaryDirectory, _ name: String, _ text: String? = nil) throws -> OpenBook {
        try directory.write(FilePath(name), text.map { Array($0.utf8) } ?? BookBuilder.comic(pages: 2))
        let descriptor = try FileDescriptor.open(directory.path.appending(name), .readOnly, options: .closeOnExec)
        return OpenBook(descriptor: descriptor, stamp: try #require(FileStamp(of: descriptor)))
    }

    /// Has the facts of some books read, doing something once they are submitted; answers in the order of the books.
    ///
    /// The books bear their number as their job's.
    func read(
        _ books: [OpenBook],
        in pool: WorkerPool,
        task: WorkRequest.Task = .facts(readsMetadata: true, checksParts: true),
        then action: () async -> Void = {},
        isWanted: @escaping @Sendable (Int) -> Bool = { _ in true }
    ) async -> [WorkerPool.Outcome] {
        let (stream, continuation) = AsyncStream.makeStream(of: (Int, WorkerPool.Outcome).self)
        pool.submit(
            books.enumerated().map { number, book in
                WorkerPool.Work(
                    task: task,
                    promised: .cbz,
                    book: book,
                    label: label(number),
                    isWanted: { isWanted(number) }
                ) { continuation.yield((number, $0)) }
            }
        )
        await action()
        var outcomes: [Int: WorkerPool.Outcome] = [:]
        if books.isEmpty { return [] }
        for await (number, outcome) in stream {
            #expect(outcomes.updateValue(outcome, forKey: number) == nil)
            if outcomes.count == books.count { break }
        }
        return outcomes.sorted { $0.key < $1.key }.map(\.value)
    }

    func label(_ number: Int) -> BookInFlight? {
        LibraryName("comics").map { BookInFlight(job: Int64(number), library: $0, path: FilePath("\(number).cbz")) }
    }

    func isDone(_ outcome: WorkerPool.Outcome) -> Bool {
        if case .done(.facts(let facts)) = outcome { facts.pages == 2 } else { false }
    }

    func problem(_ outcome: WorkerPool.Outcome) -> ProblemClass? {
        if case .failed(let finding) = outcome { finding.problem } else { nil }
    }
}
