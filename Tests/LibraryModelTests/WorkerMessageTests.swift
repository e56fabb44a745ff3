// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("Daemon and workers understand each other, and nobody falls over a bad packet")
struct WorkerMessageTests {
    private var facts: BookFacts {
        var facts = BookFacts()
        facts.format = .epub
        facts.pages = 36
        facts.fingerprint = Fingerprint(bytes: Array(0..<16))
        facts.hash = Array(100..<132)
        facts.koreaderHash = Array(200..<216)
        facts.endIsPresent = false
        facts.findings = [Finding(.metadataInvalid, "Year is `abc`"), Finding(.archiveTruncated, "")]
        facts.metadata.note(.title, .text("Größe 大"), from: .epub)
        facts.metadata.note(.writers, .list(["A", "B"]), from: .comicinfo)
        facts.metadata.note(.year, .integer(-5), from: .comicinfo)
        facts.metadata.note(.communityRating, .decimal(4.5), from: .comicinfo)
        return facts
    }

    private var analysis: PageAnalysis {
        var analysis = PageAnalysis()
        (analysis.pages, analysis.decoded, analysis.skipped, analysis.damaged) = (36, 33, 1, 2)
        analysis.findings = [Finding(.imageCorrupt, "page 12 of 36 does not decode"), Finding(.archiveCorrupt, "")]
        analysis.typical = PageAnalysis.Size(width: 30_000, height: 4000)
        return analysis
    }

    private let figures = ConversionFigures(
        entries: 40,
        pages: 36,
        bytes: 5 << 32,
        hash: Array(100..<132),
        damagedPages: 2
    )

    @Test func `requests come back as they were sent, several in a packet`() throws {
        let scaled = ThumbnailSettings(size: .scale(0.75), quality: 1, effort: 6)
        let requests = [
            WorkRequest(id: 1, task: .facts(readsMetadata: true, checksParts: false), promised: .cbz),
            WorkRequest(id: 3, task: .facts(readsMetadata: false, checksParts: true), promised: .zip),
            WorkRequest(id: 2, task: .thumbnail(ThumbnailSettings()), promised: .epub),
            WorkRequest(id: 5, task: .pages, promised: .cbz),
            WorkRequest(id: 6, task: .facts(readsMetadata: true, checksParts: true, hashes: .koreader), promised: .zip),
            WorkRequest(
                id: 7,
                task: .facts(readsMetadata: false, checksParts: false, hashes: [.file, .koreader]),
                promised: .zip
            ),
            WorkRequest(id: .max, task: .thumbnail(scaled), promised: .sevenZip),
            WorkRequest(id: 8, task: .conversion(room: 1 << 40), promised: .cbr),
            WorkRequest(id: 9, task: .comparison, promised: .cbt),
        ]
        #expect(try WorkerProtocol.requests(in: WorkerProtocol.encode(requests)) == requests)
    }

    @Test func `reports come back as they were sent`() throws {
        for outcome in [
            WorkReport.Outcome.facts(facts), .thumbnail(width: 400, height: 600, findings: facts.findings),
            .noThumbnail([Finding(.bomb, "too large")]), .pages(analysis), .pages(PageAnalysis()), .facts(BookFacts()),
            .elsewhere(.pdf), .elsewhere(.archives), .converted(figures), .compared(figures),
            .notConverted(facts.findings), .notWritten(Finding(.conversionFailed, "needs 9 bytes, and 8 are free")),
        ] {
            let report = WorkReport(id: 9, outcome: outcome)
            #expect(try WorkerProtocol.report(in: WorkerProtocol.encode(report)) == report)
        }
    }

    @Test func `a report too large for a packet loses its longest facts, and is not lost`() throws {
        var facts = facts
        facts.metadata.note(.summary, .text(String(repeating: "s", count: 90_000)), from: .comicinfo)
        facts.metadata.note(.tags, .list((0..<9000).map { "tag \($0)" }), from: .comicinfo)
        let packet = WorkerProtocol.encode(WorkReport(id: 9, outcome: .facts(facts)))
        #expect(packet.count <= WorkerProtocol.packetLimit)
        guard case .facts(let arrived) = try WorkerProtocol.report(in: packet).outcome else {
            Issue.record("the report is of another kind")
            return
        }
        #expect(arrived.metadata.text(.title) == "Größe 大")
        #expect(arrived.pages == 36)
        #expect(arrived.findings.contains { $0.detail.contains("was cut") })
    }

    @Test func `only what takes every byte of a file is given time by its size`() {
        #expect(WorkRequest.Task.pages.readsWholeFile)
        #expect(WorkRequest.Task.conversion(room: 0).readsWholeFile && WorkRequest.Task.comparison.readsWholeFile)
        #expect(WorkRequest.Task.facts(readsMetadata: false, checksParts: false, hashes: .file).readsWholeFile)
        #expect(!WorkRequest.Task.facts(readsMetadata: true, checksParts: true, hashes: .koreader).readsWholeFile)
        #expect(!WorkRequest.Task.thumbnail(ThumbnailSettings()).readsWholeFile)
    }

    @Test func `a file is emptied before it is written again, and never where it is only read`() {
        let (facts, sidecar) = (WorkRequest.Task.facts(readsMetadata: true, checksParts: true), Sidecar.Kind.opf)
        let writing = [WorkRequest.Task.thumbnail(ThumbnailSettings()), .conversion(room: 0)]
        let reading = [facts, .pages, .sidecar(sidecar), .comparison]
        #expect(writing.allSatisfy(\.writesFile) && !reading.contains(where: \.writesFile))
        for task in writing + [.comparison] {
            #expect(WorkRequest(id: 1, task: task, promised: .cbr).descriptorCount == 2)
        }
    }

    @Test func `what was compared is what was written only where every byte is`() {
        var read = figures
        read.damagedPages = 0
        #expect(read.isResult(of: figures))
        var others = [figures, figures, figures, figures]
        others[0].entries += 1
        others[1].pages += 1
        others[2].bytes += 1
        others[3].hash[31] ^= 1
        for other in others { #expect(!other.isResult(of: figures)) }
    }

    @Test func `findings too long for a packet are cut, and the counts arrive`() throws {
        var analysis = analysis
        let long = String(repeating: "ü", count: 4000)
        analysis.findings = [Finding](repeating: Finding(.imageCorrupt, long), count: 20)
        let packet = WorkerProtocol.encode(WorkReport(id: 9, outcome: .pages(analysis)))
        #expect(packet.count <= WorkerProtocol.packetLimit)
        guard case .pages(let arrived) = try WorkerProtocol.report(in: packet).outcome else {
            Issue.record("the report is of another kind")
            return
        }
        #expect(arrived.findings.count == 20 && arrived.damaged == 2)
    }

    @Test func `a packet that is cut or garbled is a fault and never a crash`() {
        var random = Xorshift(seed: 42)
        for outcome in [WorkReport.Outcome.facts(facts), .pages(analysis), .converted(figures), .compared(figures)] {
            let packet = WorkerProtocol.encode(WorkReport(id: 9, outcome: outcome))
            for count in 0..<packet.count {
                #expect(throws: WireFault.self) { try WorkerProtocol.report(in: Array(packet.prefix(count))) }
            }
            for _ in 0..<5000 {
                var garbled = packet
                for _ in 0..<3 {
                    garbled[Int(random.next() % UInt64(packet.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                _ = try? WorkerProtocol.report(in: garbled)
                _ = try? WorkerProtocol.requests(in: garbled)
            }
        }
    }
}

@Suite("A fact is set once, by the source that is trusted most")
struct BookMetadataTests {
    @Test func `the first value stays, and one of the wrong shape or without content is none`() {
        var metadata = BookMetadata()
        metadata.note(.year, .text("1946"), from: .comicinfo)
        metadata.note(.title, .text(""), from: .comicinfo)
        metadata.note(.writers, .list([]), from: .comicinfo)
        #expect(metadata.isEmpty)
        metadata.note(.title, .text("first"), from: .comicinfo)
        metadata.note(.title, .text("second"), from: .epub)
        #expect(metadata.text(.title) == "first")
        #expect(metadata.facts[.title]?.source == .comicinfo)
    }

    @Test(
        arguments: [("1.5", 1.5), ("12a", 12), ("-1", -1), ("007", 7), ("½", nil), ("a1", nil)] as [(String, Double?)]
    )
    func `a number sorts by its leading figure`(text: String, figure: Double?) {
        var metadata = BookMetadata()
        metadata.note(.number, .text(text), from: .comicinfo)
        #expect(metadata.numberForSorting == figure)
    }
}

@Suite("A thumbnail keeps the page's proportions and never enlarges")
struct ThumbnailSettingsTests {
    @Test(arguments: [
        (1000, 1500, 400, 600), (1000, 1000, 400, 400), (3000, 1000, 400, 133), (100, 150, 100, 150),
        (567, 1417, 240, 600), (30_000, 1, 400, 1),
    ])
    func `a page fits its box`(width: Int, height: Int, expectedWidth: Int, expectedHeight: Int) {
        let target = ThumbnailSettings().target(width: width, height: height)
        #expect(target.width == expectedWidth && target.height == expectedHeight)
    }

    @Test func `a scale is a fraction of the page, and a name tells settings apart`() {
        let scaled = ThumbnailSettings(size: .scale(0.5))
        #expect(scaled.target(width: 101, height: 3).width == 51)
        let all = [scaled, ThumbnailSettings(), ThumbnailSettings(quality: 74), ThumbnailSettings(effort: 3)]
        #expect(Set(all.map(\.digest)).count == 4)
    }
}
