// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import MediaReading

@Suite("A book of more than 4 GiB is converted like any other")
struct LargeConversionTests {
    private static let isSlow = ProcessInfo.processInfo.environment["STUMP_SLOW_TESTS"] == "1"

    /// Bytes a worker may have at once: pieces, and no entry.
    private static let memoryLimit = 128 << 20

    /// A page of 4.5 GiB of nothing, which the disk need not keep, and what lies before and behind it.
    private func write(_ file: borrowing OpenFile) throws {
        let page = Picture.png(width: 20, height: 30)
        let large = 9 << 29
        var entry = TarWriter.Entry("2.jpg", [])
        entry.size = large
        var offset = try file.put(Array(TarWriter.archive([TarWriter.Entry("1.png", page)]).dropLast(1024)), at: 0)
        offset = try file.put(TarWriter.header(entry), at: offset) + large
        _ = try file.put(
            TarWriter.archive([TarWriter.Entry("3.png", page), TarWriter.Entry("4.txt", page)]),
            at: offset
        )
    }

    @Test(.enabled(if: isSlow, "takes long, and 5 GB of disk; STUMP_SLOW_TESTS=1 runs it"), .timeLimit(.minutes(15)))
    func `sizes and places of more than 32 bits are written, proved, and read by other programs`() throws {
        let book = try OpenFile()
        try write(book)
        let directory = try TemporaryDirectory()
        try directory.write("book.zip", [])
        let output = open(directory.path.appending("book.zip").string, O_RDWR | O_CLOEXEC)
        try #require(output >= 0)
        defer { close(output) }
        let worker = try ChildProcess("stump-worker")
        _ = try worker.receive()
        try worker.send(
            WorkerProtocol.encode([
                WorkRequest(id: 1, task: .conversion(room: 5 << 30), promised: .cbt),
                WorkRequest(id: 2, task: .comparison, promised: .cbt),
                WorkRequest(id: 3, task: .facts(readsMetadata: true, checksParts: true), promised: .cbz),
            ]),
            [book.descriptor, output, book.descriptor, output, output]
        )
        let answers = try (0..<3).map { _ in try WorkerProtocol.report(in: worker.receive()).outcome }
        guard case .converted(let written) = answers[0], case .compared(let found) = answers[1],
            case .facts(let facts) = answers[2]
        else {
            Issue.record("\(answers)")
            return
        }
        #expect(found.isResult(of: written) && found.entries == 4 && found.pages == 3 && found.damagedPages == 0)
        #expect(written.bytes > 9 << 29 && written.bytes == lseek(output, 0, SEEK_END))
        #expect(facts.pages == 3 && facts.state == .ready)
        let peak = try worker.status()["VmHWM"].flatMap { Int($0.prefix { $0.isNumber }) }
        #expect(try #require(peak) << 10 < Self.memoryLimit)
        #expect(worker.end() == 0)
        for (name, words) in [
            ("7z", ["t", "book.zip"]), ("unzip", ["-tqq", "book.zip"]), ("bsdtar", ["-tf", "book.zip"]),
        ] {
            if let judge = Judge(name) { #expect(try judge.run(words, in: directory.path) != nil, "\(name)") }
        }
    }
}
