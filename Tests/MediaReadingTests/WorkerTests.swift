// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Support
import Testing

@Suite("A worker serves from behind its walls")
struct WorkerTests {
    @Test func `inside the sandbox nothing is opened, connected, executed, forked or killed, on any thread`() throws {
        let probe = try ChildProcess("sandbox-probe")
        let hello = String(decoding: try probe.receive(), as: UTF8.self)
        #expect(hello.contains("seccomp=true"))
        for thread in ["thread", "thread", "main"] {
            let line = String(decoding: try probe.receive(), as: UTF8.self)
            #expect(line == "\(thread) open=\(EPERM) socket=\(EPERM) execve=\(EPERM) fork=\(EPERM) kill=\(EPERM)")
        }
        let status = try probe.status()
        #expect(status["NoNewPrivs"] == "1")
        #expect(status["Seccomp"] == "2")
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] { #expect(status[set] == "0000000000000000", "\(set)") }
        #expect(probe.end() == 0)
    }

    @Test func `a worker greets, answers a packet of requests in order, and leaves when the socket closes`() throws {
        let worker = try ChildProcess("stump-worker")
        #expect(try WorkerProtocol.hello(in: worker.receive()).seccomp)

        // An encoding whose converter must have been loaded before the walls stood.
        let head = Array("<?xml version=\"1.0\" encoding=\"shift_jis\"?><ComicInfo><Title>".utf8)
        let info = ZipWriter.Entry("ComicInfo.xml", head + [0x83, 0x41] + Array("</Title></ComicInfo>".utf8))
        let page = ZipWriter.Entry("p.png", Picture.png(width: 800, height: 1200))
        let comic = try OpenFile(ZipWriter.archive([info, page]))
        let text = try OpenFile(Array("no book".utf8))
        let output = try OpenFile()
        try worker.send(
            WorkerProtocol.encode([
                WorkRequest(id: 7, task: .facts(readsMetadata: true, checksParts: true), promised: .cbz),
                WorkRequest(id: 8, task: .thumbnail(ThumbnailSettings()), promised: .cbz),
                WorkRequest(id: 9, task: .facts(readsMetadata: true, checksParts: true), promised: .cbz),
            ]),
            [comic.descriptor, comic.descriptor, output.descriptor, text.descriptor]
        )
        let first = try WorkerProtocol.report(in: worker.receive())
        guard case .facts(let facts) = first.outcome else {
            Issue.record("\(first) is no report of facts")
            return
        }
        #expect(first.id == 7)
        #expect(facts.pages == 1)
        #expect(facts.findings.isEmpty)
        #expect(facts.metadata.text(.title) == "ア")
        let second = try WorkerProtocol.report(in: worker.receive())
        #expect(second == WorkReport(id: 8, outcome: .thumbnail(width: 400, height: 600, findings: [])))
        #expect(output.contents.starts(with: Array("RIFF".utf8)))
        let third = try WorkerProtocol.report(in: worker.receive())
        guard case .facts(let others) = third.outcome else {
            Issue.record("\(third) is no report of facts")
            return
        }
        #expect(third.id == 9)
        #expect(others.state == .unsupported)
        #expect(worker.end() == 0)
    }

    @Test func `a worker decodes all pages and hashes a file from behind its walls`() throws {
        let worker = try ChildProcess("stump-worker")
        _ = try worker.receive()
        let comic = try OpenFile(
            ZipWriter.archive([
                ZipWriter.Entry("1.jpg", jpeg(width: 600, height: 900)),
                ZipWriter.Entry("2.png", Picture.png(width: 800, height: 1200)),
                ZipWriter.Entry("3.webp", webp(width: 100, height: 200)),
            ])
        )
        let facts = WorkRequest.Task.facts(readsMetadata: true, checksParts: true, hashes: [.file, .koreader])
        try worker.send(
            WorkerProtocol.encode([
                WorkRequest(id: 1, task: .pages, promised: .cbz), WorkRequest(id: 2, task: facts, promised: .cbz),
            ]),
            [comic.descriptor, comic.descriptor]
        )
        guard case .pages(let analysis) = try WorkerProtocol.report(in: worker.receive()).outcome,
            case .facts(let facts) = try WorkerProtocol.report(in: worker.receive()).outcome
        else {
            Issue.record("these are other reports")
            return
        }
        #expect(analysis.decoded == 3 && analysis.findings.isEmpty)
        #expect(facts.hash?.count == 32 && facts.koreaderHash?.count == 16)
        #expect(worker.end() == 0)
    }

    @Test(arguments: Container.all)
    func `a worker reads every container from behind its walls`(container: Container) throws {
        let worker = try ChildProcess("stump-worker")
        _ = try worker.receive()
        let comic = try OpenFile(try container.comic())
        let output = try OpenFile()
        try worker.send(
            WorkerProtocol.encode([
                WorkRequest(id: 1, task: .facts(readsMetadata: true, checksParts: true), promised: .cbz),
                WorkRequest(id: 2, task: .thumbnail(ThumbnailSettings()), promised: .cbz),
                WorkRequest(id: 3, task: .pages, promised: .cbz),
            ]),
            [comic.descriptor, comic.descriptor, output.descriptor, comic.descriptor]
        )
        guard case .facts(let facts) = try WorkerProtocol.report(in: worker.receive()).outcome,
            case .thumbnail(50, 60, []) = try WorkerProtocol.report(in: worker.receive()).outcome,
            case .pages(let analysis) = try WorkerProtocol.report(in: worker.receive()).outcome
        else {
            Issue.record("these are other reports")
            return
        }
        #expect(facts.findings == [] && facts.pages == 3 && facts.metadata.text(.title) == "Kept")
        #expect(analysis.findings == [] && analysis.decoded == 3)
        #expect(worker.end() == 0)
    }

    @Test func `a worker decodes pictures of every format from behind its walls, on one thread`() throws {
        let makers = [
            ("cjxl", ["in.png", "out"]), ("avifenc", ["-s", "9", "in.png", "out"]),
            ("heif-enc", ["in.png", "-o", "out"]),
        ]
        let others = try makers.compactMap { try PictureFixture.made(by: $0, $1) }
        let pictures = [BMPWriter.direct(bits: 24), GIFWriter().file()] + others
        let worker = try ChildProcess("stump-worker")
        _ = try worker.receive()
        for picture in pictures {
            let comic = try OpenFile(ZipWriter.archive([ZipWriter.Entry("1.png", picture)]))
            let output = try OpenFile()
            try worker.send(
                WorkerProtocol.encode([
                    WorkRequest(id: 1, task: .thumbnail(ThumbnailSettings()), promised: .cbz),
                    WorkRequest(id: 2, task: .pages, promised: .cbz),
                ]),
                [comic.descriptor, output.descriptor, comic.descriptor]
            )
            let thumbnail = try WorkerProtocol.report(in: worker.receive()).outcome
            #expect(thumbnail == .thumbnail(width: FourCorners.width, height: FourCorners.height, findings: []))
            #expect(DecodedThumbnail(output.contents)?.corners == "rgby")
            guard case .pages(let analysis) = try WorkerProtocol.report(in: worker.receive()).outcome else {
                Issue.record("this is another report")
                return
            }
            #expect(analysis.decoded == 1 && analysis.findings == [])
        }
        #expect(try worker.status()["Threads"] == "1")
        #expect(worker.end() == 0)
    }

    @Test func `names of every encoding are read from behind the walls`() throws {
        let worker = try ChildProcess("stump-worker")
        _ = try worker.receive()
        // “ページ” in Shift-JIS; the finding shows what was made of it.
        var page = ZipWriter.Entry([0x83, 0x79, 0x81, 0x5B, 0x83, 0x57] + Array(".png".utf8), [1])
        page.isEncrypted = true
        let comic = try OpenFile(ZipWriter.archive([page]))
        let request = WorkRequest(id: 1, task: .facts(readsMetadata: true, checksParts: true), promised: .cbz)
        try worker.send(WorkerProtocol.encode([request]), [comic.descriptor])
        guard case .facts(let facts) = try WorkerProtocol.report(in: worker.receive()).outcome else {
            Issue.record("no report of facts")
            return
        }
        #expect(facts.findings.map(\.detail) == ["ページ.png needs a password"])
        #expect(worker.end() == 0)
    }

    @Test func `a worker keeps no descriptor of the books it has read`() throws {
        let worker = try ChildProcess("stump-worker")
        _ = try worker.receive()
        let comic = try OpenFile(BookBuilder.comic(pages: 1))
        let request = WorkRequest(id: 1, task: .facts(readsMetadata: true, checksParts: true), promised: .cbz)
        // More than it may have open at once.
        for _ in 0..<5 {
            try worker.send(
                WorkerProtocol.encode([WorkRequest](repeating: request, count: WorkerProtocol.requestLimit)),
                [Int32](repeating: comic.descriptor, count: WorkerProtocol.requestLimit)
            )
            for _ in 0..<WorkerProtocol.requestLimit {
                #expect(try WorkerProtocol.report(in: worker.receive()).id == 1)
            }
        }
        #expect(worker.end() == 0)
    }

    @Test func `a packet that makes no sense ends the worker`() throws {
        let worker = try ChildProcess("stump-worker")
        _ = try worker.receive()
        try worker.send([200, 1, 2, 3])
        #expect(try worker.receive().isEmpty)
        #expect(worker.end() != 0)
    }
}
