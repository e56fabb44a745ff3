// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Support
import Testing

@Suite("A worker for PDF reads and draws from behind its walls")
struct PDFWorkerTests {
    /// A worker with its greeting taken, and what it answers.
    private struct Worker {
        let process: ChildProcess
        let hello: WorkerHello

        init(_ profile: WorkerProfile = .pdf) throws {
            process = try ChildProcess("stump-worker", profile.rawValue)
            hello = try WorkerProtocol.hello(in: process.receive())
        }

        /// `nil` where it died of it.
        func answer(
            _ task: WorkRequest.Task,
            about book: borrowing OpenFile,
            _ outputs: Int32...
        ) throws -> WorkReport.Outcome? {
            let request = WorkRequest(id: 1, task: task, promised: .pdf)
            try process.send(WorkerProtocol.encode([request]), [book.descriptor] + outputs)
            let packet = try process.receive()
            return packet.isEmpty ? nil : try WorkerProtocol.report(in: packet).outcome
        }
    }

    private static let facts = WorkRequest.Task.facts(readsMetadata: true, checksParts: true)

    private static func text(_ font: String) -> PDFWriter {
        let line = "BT /F 40 Tf 20 300 Td (Hamburgefonstiv) Tj ET"
        let entries = "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /\(font) >> >> >>"
        return PDFWriter(pages: [PDFWriter.Page(line, entries: entries)])
    }

    @Test func `it tells facts, draws the first page, and checks all of them`() throws {
        let worker = try Worker()
        #expect(worker.hello.seccomp)
        var writer = PDFWriter(pages: [PDFWriter.colours(), PDFWriter.picture(PDFWriter.firstObject)])
        writer.objects = [PDFWriter.jpeg(jpeg(width: 80, height: 120), width: 80, height: 120)]
        writer.information = [("Title", "(Saga)")]
        let book = try OpenFile(writer.bytes)
        guard case .facts(let facts) = try worker.answer(Self.facts, about: book) else {
            Issue.record("no facts")
            return
        }
        #expect(facts.findings == [] && facts.pages == 2 && facts.metadata.text(.title) == "Saga")
        guard worker.hello.landlock else { return }
        let output = try OpenFile()
        let drawn = try worker.answer(.thumbnail(ThumbnailSettings()), about: book, output.descriptor)
        #expect(drawn == .thumbnail(width: 400, height: 600, findings: []))
        let decoded = try #require(DecodedThumbnail(output.contents))
        #expect(decoded.red(x: 0.2, y: 0.3) > 200 && decoded.blue(x: 0.8, y: 0.3) > 200)
        guard case .pages(let analysis) = try worker.answer(.pages, about: book) else {
            Issue.record("no analysis")
            return
        }
        #expect(analysis.decoded == 2 && analysis.findings == [])
        #expect(worker.process.end() == 0)
    }

    @Test func `a scanned page whose bits have rotted is named by the analysis`() throws {
        let worker = try Worker()
        guard worker.hello.landlock else { return }
        let whole = jpeg(width: 300, height: 400)
        var rotten = whole
        for place in (whole.count / 3)..<(whole.count / 2) { rotten[place] = UInt8(place * 7 % 251) }
        var writer = PDFWriter(pages: [5, 6, 5].map { PDFWriter.picture($0) })
        writer.objects = [whole, rotten].map { PDFWriter.jpeg($0, width: 300, height: 400) }
        guard case .pages(let analysis) = try worker.answer(.pages, about: try OpenFile(writer.bytes)) else {
            Issue.record("no analysis")
            return
        }
        #expect(analysis.decoded == 2 && analysis.damaged == 1)
        #expect(analysis.findings.map(\.problem) == [.imageCorrupt])
        #expect(analysis.findings.first?.detail.hasPrefix("page 2 of 3 is damaged: ") == true)
    }

    @Test(arguments: ["Helvetica", "Times-Roman", "Courier-Bold", "NoSuchFont"])
    func `text in a font that the document does not bring is drawn with one of the system's`(font: String) throws {
        let worker = try Worker()
        guard worker.hello.landlock, access("/usr/share/fonts/truetype", R_OK) == 0 else { return }
        let book = try OpenFile(Self.text(font).bytes)
        let output = try OpenFile()
        let drawn = try worker.answer(.thumbnail(ThumbnailSettings()), about: book, output.descriptor)
        #expect(drawn == .thumbnail(width: 400, height: 600, findings: []))
        #expect(try #require(DecodedThumbnail(output.contents)).darkPixels > 300)
        #expect(worker.process.end() == 0)
    }

    @Test func `it opens what is beneath the fonts for reading, and nothing else`() throws {
        let probe = try ChildProcess("sandbox-probe", WorkerProfile.pdf.rawValue)
        let hello = String(decoding: try probe.receive(), as: UTF8.self)
        let denied = hello.contains("landlock=true") ? EACCES : EPERM
        for thread in ["thread", "thread", "main"] {
            let line = String(decoding: try probe.receive(), as: UTF8.self)
            let rest = "socket=\(EPERM) execve=\(EPERM) fork=\(EPERM) kill=\(EPERM)"
            #expect(line == "\(thread) open=\(denied) \(rest)")
        }
        #expect(probe.end() == 0)
    }

    @Test(arguments: WorkerProfile.allCases)
    func `a worker passes on what is for those of the other profile`(profile: WorkerProfile) throws {
        let worker = try Worker(profile)
        let pdf = try OpenFile(PDFWriter().bytes)
        let comic = try OpenFile(BookBuilder.comic(pages: 1))
        let answers = try [worker.answer(Self.facts, about: pdf), worker.answer(Self.facts, about: comic)]
        switch profile {
        case .archives: #expect(answers[0] == .elsewhere(.pdf) && answers[1] != .elsewhere(.pdf))
        case .pdf: #expect(answers[0] != .elsewhere(.archives) && answers[1] == .elsewhere(.archives))
        }
        #expect(worker.process.end() == 0)
    }

    @Test func `a worker keeps no descriptor of the documents it has read`() throws {
        let worker = try Worker()
        let whole = try OpenFile(PDFWriter().bytes)
        let broken = try OpenFile(Array("%PDF-1.7\n".utf8))
        // More than it may have open at once.
        for _ in 0..<120 {
            #expect(try worker.answer(Self.facts, about: whole) != nil)
            #expect(try worker.answer(Self.facts, about: broken) != nil)
        }
        guard case .facts(let facts) = try worker.answer(Self.facts, about: whole) else {
            Issue.record("no facts")
            return
        }
        #expect(facts.findings == [])
        #expect(worker.process.end() == 0)
    }

    @Test func `a document that is cut while it is open is a finding, and the worker lives`() throws {
        let worker = try Worker()
        var writer = PDFWriter(pages: [PDFWriter.picture(PDFWriter.firstObject)])
        writer.objects = [PDFWriter.jpeg(jpeg(width: 800, height: 1200), width: 800, height: 1200)]
        let book = try OpenFile(writer.bytes)
        #expect(try worker.answer(Self.facts, about: book) != nil)
        ftruncate(book.descriptor, 2000)
        guard case .facts(let facts) = try worker.answer(Self.facts, about: book) else {
            Issue.record("it died")
            return
        }
        #expect(!facts.endIsPresent)
        #expect(worker.process.end() == 0)
    }

    /// A page tree that is its own child, pages that are each other's, and a count of which nothing is true.
    @Test(arguments: [
        "<< /Type /Pages /Kids [2 0 R] /Count 1 >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2000000000 >>",
        "<< /Type /Pages /Kids [4 0 R] /Count -5 >>", "2 0 R",
    ])
    func `a page tree that bites its tail is a verdict`(tree: String) throws {
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>", tree, "<< >>",
            "<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 4 0 R >>",
        ]
        let worker = try Worker()
        let book = try OpenFile(PDFWriter.document(objects.map { Array($0.utf8) }))
        let output = try OpenFile()
        guard case .facts = try worker.answer(Self.facts, about: book) else {
            Issue.record("it died")
            return
        }
        let drawn = try worker.answer(.thumbnail(ThumbnailSettings()), about: book, output.descriptor)
        guard case .noThumbnail = drawn else {
            Issue.record("\(String(describing: drawn))")
            return
        }
    }

    @Test func `a picture of more pixels than there is memory costs the worker at most`() throws {
        var writer = PDFWriter(pages: [PDFWriter.picture(PDFWriter.firstObject), PDFWriter.colours()])
        writer.objects = [
            PDFWriter.stream(
                "/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
                    + "/Filter /ASCIIHexDecode",
                Array("00>".utf8)
            )
        ]
        let worker = try Worker()
        guard worker.hello.landlock else { return }
        let book = try OpenFile(writer.bytes)
        let output = try OpenFile()
        let drawn = try worker.answer(.thumbnail(ThumbnailSettings()), about: book, output.descriptor)
        if drawn == nil { #expect(worker.process.end() != 0) }
    }

    @Test func `documents that are changed at random are verdicts, one by one`() throws {
        var writer = PDFWriter(pages: [PDFWriter.colours(), PDFWriter.picture(PDFWriter.firstObject)])
        writer.objects = [PDFWriter.jpeg(jpeg(width: 40, height: 60), width: 40, height: 60)]
        writer.information = [("Title", "(Saga)"), ("Author", "(Ann)")]
        writer.xmp = PDFWriter.xmp(
            "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">Saga</rdf:li></rdf:Alt></dc:title>"
        )
        let originals = [writer.bytes, Self.text("Helvetica").bytes]
        var random = SplitMix(seed: 1)
        var worker = try Worker()
        var deaths = 0
        let runs = getenv("FUZZ_RUNS").flatMap { Int(String(cString: $0)) } ?? 300
        for run in 0..<runs {
            var bytes = originals[run % originals.count]
            for _ in 0...(random.next() % 8) {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int(random.next() % 40) + 1))
                case 2: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 60)], at: place)
                default: bytes[place] = Array("0123456789<>[]/ R".utf8)[Int(random.next() % 17)]
                }
                if bytes.count < 10 { break }
            }
            let book = try OpenFile(bytes)
            let output = try OpenFile()
            let tasks: [(WorkRequest.Task, [Int32])] = [
                (Self.facts, []), (.thumbnail(ThumbnailSettings()), [output.descriptor]), (.pages, []),
            ]
            for (task, outputs) in tasks {
                let answer =
                    try outputs.first.map { try worker.answer(task, about: book, $0) }
                    ?? worker.answer(task, about: book)
                guard answer == nil else { continue }
                deaths += 1
                let status = worker.process.end() & 0x7F
                // The filter answers, it does not kill; what dies here is poppler's own fault.
                #expect(status != SIGSYS)
                worker = try Worker()
            }
            #expect(try worker.process.status()["Seccomp"] == "2")
        }
        #expect(deaths * 100 <= runs, "\(deaths) workers died of \(runs) documents")
    }
}
