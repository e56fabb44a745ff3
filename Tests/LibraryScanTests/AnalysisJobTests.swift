// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("An analysis decodes every page, and names those that are damaged", .timeLimit(.minutes(2)))
struct AnalysisJobTests {
    private func analyze(_ bench: ScanBench, _ scope: ScanScope = .library) async throws -> Job {
        let request = LibraryStore.JobRequest.analysis(of: bench.library, scope, trigger: .user)
        let id = try await bench.store.request(request).job.id
        try await bench.serve()
        return try await bench.job(id)
    }

    /// Three pages, of which the second ends too early, in an archive that is sound.
    private var rotten: [UInt8] {
        let page = Picture.png(width: 40, height: 60)
        let pages = [page, Array(page.prefix(page.count / 2)), page]
        return ZipWriter.archive(pages.enumerated().map { ZipWriter.Entry("\($0 + 1).png", $1) })
    }

    @Test func `a page that does not decode is a problem that has its number, until the book is whole again`()
        async throws
    {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 4))
        try bench.write("S/2.cbz", rotten)
        try await bench.scan()
        #expect(try await bench.problems().isEmpty, "the scan looked at no page")
        let job = try await analyze(bench)
        #expect(job.state == .completed)
        #expect(job.report?[.totalFiles] == 2 && job.report?[.failedMedia] == 1)
        let problem = try #require(try await bench.problems().first)
        #expect(problem.problem == .imageCorrupt && problem.path == "S/2.cbz")
        #expect(problem.detail.contains("page 2"))
        #expect(try await bench.book("S/2.cbz")?.state == .ready)
        try await bench.scan()
        #expect(try await bench.problems().count == 1, "a scan that finds it unchanged knows no better")
        try bench.write("S/2.cbz", BookBuilder.comic(pages: 3))
        try await bench.scan()
        #expect(try await analyze(bench).report?[.failedMedia] == 0)
        #expect(try await bench.problems().isEmpty)
    }

    @Test func `books outside its scope, and those that cannot be read, are left alone`() async throws {
        let bench = try await ScanBench()
        for path in ["S/1", "S/T/2", "U/3"] { try bench.write("\(path).cbz", BookBuilder.comic(pages: 1)) }
        try bench.write("S/4.cbz", BookBuilder.encryptedComic())
        try await bench.scan()
        let deep = ScanScope(["S": ScanScope.Depth(isDeep: true)])
        #expect(try await analyze(bench, deep).report?[.totalFiles] == 2)
        #expect(try await analyze(bench, .directories(["S"])).report?[.totalFiles] == 1)
        #expect(try await analyze(bench).report?[.totalFiles] == 3)
    }

    @Test func `a book that was replaced since it was scanned is left to the scan`() async throws {
        let bench = try await ScanBench()
        try bench.write("S/1.cbz", rotten)
        try await bench.scan()
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 2))
        let job = try await analyze(bench)
        #expect(job.state == .completed && job.report?[.totalFiles] == 0)
        #expect(try await bench.problems().isEmpty)
    }

    @Test func `a book that cannot be opened is told, counts as no bytes read, and is analysed when it can be`()
        async throws
    {
        let bench = try await ScanBench()
        for name in ["1", "2", "3"] { try bench.write("S/\(name).cbz", BookBuilder.comic(pages: 1)) }
        try await bench.scan()
        bench.files.failOpening("1.cbz", with: .denied("S/1.cbz"))
        bench.files.failOpening("2.cbz", with: .failed("S/2.cbz", errno: 5, reason: "Input/output error"))
        let size = BookBuilder.comic(pages: 1).count
        let job = try await analyze(bench)
        #expect(job.state == .completed)
        #expect(job.report?[.totalFiles] == 3 && job.report?[.failedMedia] == 2)
        #expect(job.report?[.readBytes] == size)
        #expect(Set(try await bench.problems().map(\.problem)) == [.permission, .unreadable])
        for name in ["1.cbz", "2.cbz"] { bench.files.failOpening(name, with: nil) }
        #expect(try await analyze(bench).report?[.readBytes] == 3 * size)
        #expect(try await bench.problems().isEmpty)
    }

    @Test(arguments: ["the disk is another", "the root cannot be opened"])
    func `an analysis ends with the batch in which its library goes offline, and blames no book`(
        change: String
    ) async throws {
        let bench = try await ScanBench()
        for number in 1...40 { try bench.write("S/\(number).cbz", BookBuilder.comic(pages: 1)) }
        try await bench.scan()
        bench.files.afterOpening { _ in
            guard bench.files.openings.count == 40 + AnalysisJob.batchLimit else { return }
            if change == "the disk is another" {
                try bench.rename("S", to: "../away")
                bench.files.mount([DiskFiles.disk(source: "/dev/sdb1 (other)")])
            } else {
                for number in 1...40 {
                    bench.files.failOpening("\(number).cbz", with: .rootOffline("/comics", reason: "it is gone"))
                }
            }
        }
        let job = try await analyze(bench)
        #expect(job.state == .failed && job.errorCode == "root_offline")
        #expect(job.report?[.totalFiles] == AnalysisJob.batchLimit)
        #expect(try await bench.problems().allSatisfy { $0.problem == .rootOffline })
    }

    @Test func `a book that kills its workers is told once, and not tried again when the job goes on`() async throws {
        let bench = try await ScanBench(program: WorkerPoolTests.faultyProgram)
        try bench.write("S/1.cbz", BookBuilder.comic(pages: 1))
        try await bench.scan()
        // Dies over all that it reads from now on.
        try await bench.store.pool.write { try $0.execute(sql: "UPDATE book SET name = CAST('2.cbz' AS BLOB)") }
        try bench.disk.write("comics/S/2.cbz", Array("die!".utf8))
        let stamp = try #require(await bench.files.open([FileName("2.cbz")], in: "S", of: bench.library).first).get()
            .stamp
        try await bench.store.pool.write { db in
            try db.execute(
                sql: "UPDATE book SET device = ?, inode = ?, born_ns = ?, size = ?, modified_ns = ?, changed_ns = ?",
                arguments: [
                    Int64(bitPattern: stamp.device), Int64(bitPattern: stamp.inode), stamp.born?.nanoseconds,
                    stamp.size,
                    stamp.modified.nanoseconds, stamp.changed.nanoseconds,
                ]
            )
        }
        let job = try await analyze(bench)
        #expect(job.state == .completed && job.report?[.failedMedia] == 1 && job.report?[.totalFiles] == 1)
        #expect(try await bench.problems().map(\.problem) == [.workerCrash])
        let rest = try await bench.store.countToAnalyze(of: bench.library, (FilePath(), true), by: job.id)
        #expect(rest.books == 0)
    }
}
