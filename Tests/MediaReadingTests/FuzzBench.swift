// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import LibraryModel
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan

/// A pool of real workers that are asked about files of a test's own, and watched meanwhile.
final class FuzzBench: Sendable {
    struct Question: Sendable {
        var bytes: [UInt8]
        var promised: MediaFormat
        var task: WorkRequest.Task

        /// By what the log will know the book.
        var number: Int64

        /// For a comparison the book that is to be one with `bytes`.
        var result: [UInt8]?
    }

    struct Answer: Sendable {
        var outcome: WorkerPool.Outcome

        /// The thumbnail or the book that was written; empty for other tasks.
        var output: [UInt8] = []
    }

    /// How long a worker may take, on a machine that has other things to do.
    static let limit = Duration.seconds(30)

    let deaths = WorkerDeaths()
    private let directory: TemporaryDirectory
    private let pool: WorkerPool
    private let library: LibraryName
    private let watched = Mutex((peak: 0, asked: 0, walls: Set<Int32>(), complaints: [String]()))

    init() throws {
        directory = try TemporaryDirectory()
        library = try #require(LibraryName("fuzz"))
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = FilePath(own).removingLastComponent().appending("stump-worker").string
        let worker = ProcessInfo.processInfo.environment["FUZZ_WORKER"] ?? beside
        try directory.makeDirectory("errors")
        // A process keeps its number: so what each worker says in despair is in a file of its own.
        let script = "#!/bin/sh\nexec 2> '\(directory.path)/errors/'$$\nexec '\(worker)' \"$@\"\n"
        try directory.write("worker", Array(script.utf8))
        try directory.setMode("worker", 0o755)
        pool = WorkerPool(
            size: 2,
            program: directory.path.appending("worker"),
            limit: Self.limit,
            logger: deaths.logger
        )
    }

    deinit { pool.stop() }

    /// The largest memory that a worker was seen to have had at once, in bytes.
    var peak: Int { watched.withLock { $0.peak } }

    /// Asks everything at once, and gives the answers in the order of the questions.
    func ask(_ questions: [Question]) async throws -> [Answer] {
        var outputs: [FileDescriptor?] = []
        var work: [WorkerPool.Work] = []
        defer { for output in outputs { try? output?.close() } }
        let (stream, continuation) = AsyncStream.makeStream(of: (Int, WorkerPool.Outcome).self)
        for (place, question) in questions.enumerated() {
            var output: FileDescriptor?
            if question.task.writesFile { output = try file([], .readWrite) }
            if let result = question.result { output = try file(result, .readOnly) }
            outputs.append(output)
            work.append(
                WorkerPool.Work(
                    task: question.task,
                    promised: question.promised,
                    book: try book(question.bytes),
                    output: output,
                    label: BookInFlight(job: question.number, library: library, path: "book")
                ) { outcome in
                    self.watch()
                    continuation.yield((place, outcome))
                }
            )
        }
        pool.submit(work)
        var answers: [Int: Answer] = [:]
        if questions.isEmpty { return [] }
        for await (place, outcome) in stream {
            let output = questions[place].task.writesFile ? outputs[place] : nil
            answers[place] = Answer(outcome: outcome, output: try output.map(Self.contents) ?? [])
            if answers.count == questions.count { break }
        }
        return answers.sorted { $0.key < $1.key }.map(\.value)
    }

    // MARK: Files

    /// A file that has no name by the time a worker sees it.
    private func file(_ bytes: [UInt8], _ mode: FileDescriptor.AccessMode) throws -> FileDescriptor {
        let number = watched.withLock { watched in
            watched.asked += 1
            return watched.asked
        }
        let name = FilePath("book \(number)")
        try directory.write(name, bytes)
        // A book that is converted and the same one that is compared have one time.
        try directory.setModified(name, Timestamp(seconds: 1_500_000_000, nanoseconds: 0))
        let opened = try FileDescriptor.open(directory.path.appending(name.components), mode, options: .closeOnExec)
        try directory.remove(name)
        return opened
    }

    private func book(_ bytes: [UInt8]) throws -> OpenBook {
        let opened = try file(bytes, .readOnly)
        return OpenBook(descriptor: opened, stamp: try #require(FileStamp(of: opened)))
    }

    private static func contents(of file: FileDescriptor) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(try file.seek(offset: 0, from: .end)))
        _ = try bytes.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) }
        return bytes
    }

    // MARK: Workers

    /// Looks at the workers while they live: at the memory each time, at the walls around each of them once.
    private func watch() {
        for pid in pool.figures.processes {
            let status = Self.status(of: pid)
            guard let peak = status["VmHWM"]?.split(separator: " ").first.flatMap({ Int($0) }) else { continue }
            let isNew = watched.withLock { watched in
                watched.peak = max(watched.peak, peak << 10)
                return watched.walls.insert(pid).inserted
            }
            guard isNew else { continue }
            var complaints: [String] = []
            if pool.figures.sandbox?.seccomp == true, status["Seccomp"] != "2" { complaints.append("no filter") }
            if status["NoNewPrivs"] != "1" { complaints.append("new privileges") }
            if status["CapEff"].flatMap({ UInt64($0, radix: 16) }) != 0 { complaints.append("capabilities") }
            let children = try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)
            if children?.isEmpty == false { complaints.append("children \(children ?? "")") }
            watched.withLock { $0.complaints += complaints.map { "worker \(pid) has \($0)" } }
        }
    }

    private static func status(of pid: Int32) -> [String: String] {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").map { $0.split(separator: ":", maxSplits: 1) }
        return Dictionary(
            lines.filter { $0.count == 2 }.map { (String($0[0]), String($0[1].drop(while: \.isWhitespace))) }
        ) { first, _ in first }
    }

    /// What workers said before they died, since that was asked last.
    func lastWords() -> String {
        let errors = directory.path.appending("errors").string
        let names = (try? FileManager.default.contentsOfDirectory(atPath: errors)) ?? []
        var words = ""
        for name in names {
            guard let text = try? String(contentsOfFile: "\(errors)/\(name)", encoding: .utf8), !text.isEmpty else {
                continue
            }
            words += text
            // It is open to be appended to by nobody but its worker, who is dead or has said what it had to.
            truncate("\(errors)/\(name)", 0)
        }
        return words
    }

    /// Ends the workers, and tells what is not as it should be: walls, and files that are left.
    func end() throws -> [String] {
        pool.stop()
        let left = Set(try FileManager.default.contentsOfDirectory(atPath: directory.path.string))
        return watched.withLock { $0.complaints }
            + left.subtracting(["worker", "errors"]).map { "\($0) is left behind" }
    }
}
