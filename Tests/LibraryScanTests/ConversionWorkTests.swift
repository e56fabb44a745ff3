// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A conversion survives the worker that dies over it", .timeLimit(.minutes(1)))
struct ConversionWorkTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open(_ name: String, _ text: String) throws -> FileDescriptor {
        try directory.write(FilePath(name), Array(text.utf8))
        return try FileDescriptor.open(directory.path.appending(name), .readWrite, options: .closeOnExec)
    }

    private func text(of file: FileDescriptor) throws -> String {
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = try bytes.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Has a task done over a book that kills every worker which has read another before, and answers what came of it.
    private func outcome(of task: WorkRequest.Task, _ output: FileDescriptor) async throws -> WorkerPool.Outcome {
        let pool = WorkerPool(size: 1, program: WorkerPoolTests.faultyProgram, limit: .seconds(30), logger: .silent)
        defer { pool.stop() }
        var outcomes: [WorkerPool.Outcome] = []
        for text in ["fine", "tire"] {
            let file = try open("\(text).cbr", text)
            let book = OpenBook(descriptor: file, stamp: try #require(FileStamp(of: file)))
            outcomes.append(
                await withCheckedContinuation { continuation in
                    let isFirst = text == "fine"
                    pool.submit([
                        WorkerPool.Work(
                            task: isFirst ? .facts(readsMetadata: false, checksParts: false) : task,
                            promised: .cbr,
                            book: book,
                            output: isFirst ? nil : output
                        ) { continuation.resume(returning: $0) }
                    ])
                }
            )
        }
        #expect(pool.figures.faults == [.workerCrash: 1])
        return outcomes[1]
    }

    @Test func `what was half written is written anew`() async throws {
        let output = try open("output", "")
        defer { try? output.close() }
        guard case .done(.converted) = try await outcome(of: .conversion(room: .max), output) else {
            Issue.record("not converted")
            return
        }
        #expect(try text(of: output) == "converted")
    }

    @Test func `what is compared once more is not emptied before`() async throws {
        try directory.write("output", Array("converted".utf8))
        // As whoever compares should open it: no worker can then do it harm.
        let output = try FileDescriptor.open(directory.path.appending("output"), .readOnly, options: .closeOnExec)
        defer { try? output.close() }
        guard case .done(.compared) = try await outcome(of: .comparison, output) else {
            Issue.record("not compared")
            return
        }
        #expect(try text(of: output) == "converted")
    }
}
