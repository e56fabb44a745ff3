// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("XML is read in any encoding and however broken, and nothing in it is obeyed")
struct XMLDocumentTests {
    private func title(_ bytes: [UInt8]) throws -> String? {
        try ComicInfo(bytes).metadata.text(.title)
    }

    private static func text(_ encoding: String) -> String {
        "<?xml version=\"1.0\" encoding=\"\(encoding)\"?>\n<ComicInfo><Title>Café</Title></ComicInfo>"
    }

    private static func wide(_ text: String, isBig: Bool) -> [UInt8] {
        text.utf16.flatMap { isBig ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    @Test(arguments: ["utf-8", "utf-16", "UTF-16LE", "iso-8859-1", "windows-1251", "ascii", "x-nonsense"])
    func `UTF-8 is UTF-8 whatever it says it is`(declared: String) throws {
        #expect(try title(Array(Self.text(declared).utf8)) == "Café")
        #expect(try title([0xEF, 0xBB, 0xBF] + Array(Self.text(declared).utf8)) == "Café")
        #expect(try title([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF] + Array(Self.text(declared).utf8)) == "Café")
    }

    @Test(arguments: ["utf-8", "utf-16"])
    func `UTF-16 is UTF-16 whatever it says it is, with and without a mark`(declared: String) throws {
        let text = Self.text(declared)
        #expect(try title([0xFF, 0xFE] + Self.wide(text, isBig: false)) == "Café")
        #expect(try title([0xFE, 0xFF] + Self.wide(text, isBig: true)) == "Café")
        #expect(try title(Self.wide(text, isBig: false)) == "Café")
        #expect(try title(Self.wide(text, isBig: true)) == "Café")
        #expect(try title([0xFF, 0xFE] + Self.wide(text, isBig: false) + [0x20]) == "Café")
        let units = text.unicodeScalars.flatMap { scalar -> [UInt8] in
            [UInt8(scalar.value & 0xFF), UInt8(scalar.value >> 8), 0, 0]
        }
        let widest: [UInt8] = [0xFF, 0xFE, 0, 0] + units
        #expect(try title(widest) == "Café")
    }

    @Test(arguments: ["utf-8", "iso-8859-1", "windows-1252", "x-nonsense", "utf-16"])
    func `bytes that are no UTF-8 are taken for what Windows writes`(declared: String) throws {
        let narrow = Self.text(declared).unicodeScalars.map { UInt8($0.value) }
        let info = try ComicInfo(narrow)
        #expect(info.metadata.text(.title) == "Café")
        #expect(info.findings.isEmpty == ["iso-8859-1", "windows-1252"].contains(declared))
    }

    @Test(
        arguments: [
            ("shift_jis", [0x83, 0x41], "ア"), ("windows-31j", [0x83, 0x41], "ア"), ("gb2312", [0xC4, 0xE3], "你"),
            ("gbk", [0xC4, 0xE3], "你"), ("windows-1251", [0xC6], "Ж"), ("koi8-r", [0xF6], "Ж"),
            ("windows-1250", [0xB9], "ą"),
            ("euc-kr", [0xB0, 0xA1], "가"), ("big5", [0xA4, 0x40], "一"), ("cp1252", [0x93], "“"),
        ] as [(String, [UInt8], String)]
    )
    func `what is declared counts where the bytes are no UTF-8`(declared: String, bytes: [UInt8], letter: String) throws
    {
        let head = Array("<?xml version='1.0' encoding='\(declared)'?><ComicInfo><Title>".utf8)
        let info = try ComicInfo(head + bytes + Array("</Title></ComicInfo>".utf8))
        #expect(info.metadata.text(.title) == letter)
        #expect(info.findings.isEmpty)
    }

    @Test func `converters that a worker wants are there behind its walls`() throws {
        let worker = try ChildProcess("stump-worker")
        _ = try worker.receive()
        let cases: [(String, [UInt8], String)] = [
            ("koi8-r", [0xF6], "Ж"), ("windows-1250", [0xB9], "ą"), ("iso-8859-2", [0xB1], "ą"),
            ("iso-8859-1", [0xE9], "é"),
            ("gbk", [0xC4, 0xE3], "你"),
        ]
        for (declared, bytes, letter) in cases {
            let head = Array("<?xml version='1.0' encoding='\(declared)'?><ComicInfo><Title>".utf8)
            let info = ZipWriter.Entry("ComicInfo.xml", head + bytes + Array("</Title></ComicInfo>".utf8))
            let comic = try OpenFile(ZipWriter.archive([info, ZipWriter.Entry("p.png", [1])]))
            let task = WorkRequest.Task.facts(readsMetadata: true, checksParts: false)
            try worker.send(
                WorkerProtocol.encode([WorkRequest(id: 1, task: task, promised: .cbz)]),
                [comic.descriptor]
            )
            guard case .facts(let facts) = try WorkerProtocol.report(in: worker.receive()).outcome else {
                Issue.record("no report of facts")
                return
            }
            #expect(facts.metadata.text(.title) == letter)
        }
        #expect(worker.end() == 0)
    }

    @Test(arguments: [
        ("Tom & Ann", "Tom & Ann"), ("1 < 2", "1 < 2"), ("<3", "<3"), ("A&B;C", "A&B;C"),
        ("caf&eacute;&nbsp;&mdash;", "café —"),
        ("a\u{0}b\u{8}c", "a b c"), ("a&#0;b&#x1F;c&#xFFFE;", "abc"), ("&#233;&#xE9;&amp;&lt;", "éé&<"),
        ("a&#150;b", "a–b"),
        ("<![CDATA[x < y & z]]>", "x < y & z"), ("AT&T", "AT&T"), ("&", "&"), ("&&amp;", "&&"),
    ])
    func `what is no XML in a text becomes text`(written: String, title: String) throws {
        let info = try ComicInfo(Array("<ComicInfo>\n<Title>\(written)</Title><Series>S</Series></ComicInfo>".utf8))
        #expect(info.metadata.text(.title) == title)
        #expect(info.metadata.text(.series) == "S")
        let isBroken = !["&#233;&#xE9;&amp;&lt;", "<![CDATA[x < y & z]]>", "a&#150;b"].contains(written)
        #expect(info.findings.isEmpty != isBroken)
        #expect(!isBroken || info.findings.first?.detail.hasSuffix("line 2") == true)
    }

    @Test(arguments: [
        "<?xml version='1.0'?><?xml version='1.0'?><ComicInfo><Title>T</Title></ComicInfo>",
        "\n  <?xml version='1.0'?><ComicInfo><Title>T</Title></ComicInfo>",
        "junk <ComicInfo><Title>T</Title></ComicInfo> more junk",
        "<ComicInfo><Title>T</Title><Series>", "<ComicInfo><Title>T", "<ComicInfo><Title><![CDATA[T",
        "<ComicInfo><Title>T</Titel></ComicInfo>", "<ComicInfo a=b/c><Page x=1/><Title>T</Title></ComicInfo>",
        "<ComicInfo><Title lang=en>T</Title></ComicInfo>",
        "<ComicInfo xsi:x='1'><Title>T</Title></ComicInfo>",
        "<!DOCTYPE ComicInfo><ComicInfo><Title>T</Title></ComicInfo>",
        "<a:ComicInfo><a:Title>T</a:Title></a:ComicInfo>",
    ])
    func `broken documents keep what can be read`(text: String) throws {
        #expect(try title(Array(text.utf8)) == "T")
    }

    @Test(arguments: ["", " ", "words", "<", "<>", "<?xml version='1.0'?>", "<!--", "<!DOCTYPE", "\u{FEFF}", "&"])
    func `a document of nothing is a finding`(text: String) {
        #expect(throws: Finding.self) { try ComicInfo(Array(text.utf8)) }
    }

    @Test func `a billion laughs are none`() throws {
        var entities = "<!ENTITY l0 \"laugh\">"
        for level in 1...30 { entities += "<!ENTITY l\(level) \"&l\(level - 1);&l\(level - 1);\">" }
        let text = """
            <?xml version="1.0"?><!DOCTYPE ComicInfo [\(entities)<!ENTITY f SYSTEM "file:///etc/passwd">
            <!ENTITY % p SYSTEM "http://a.example/p">%p;]>
            <ComicInfo><Title>a&l30;b&f;c</Title><Page Image="&l30;"/><Series>S</Series></ComicInfo>
            """
        let info = try ComicInfo(Array(text.utf8))
        #expect(info.metadata.text(.title) == "abc")
        #expect(info.metadata.text(.series) == "S")
        #expect(
            info.findings.map(\.detail) == ["ComicInfo.xml is not well-formed: “&l30;”, which is not expanded, line 3"]
        )
    }

    @Test func `elements that lie too deep end the document, not the reader`() throws {
        let deep = String(repeating: "<a>", count: 10_000)
        let info = try ComicInfo(Array("<ComicInfo><Title>T</Title>\(deep)<Series>S</Series>".utf8))
        #expect(info.metadata.text(.title) == "T")
        #expect(info.findings.first?.detail.contains("depth") == true)
    }

    @Test func `elements beyond their limit are not kept`() throws {
        let many = String(repeating: "<a/>", count: XMLDocument.elementLimit)
        let bytes = Array("<ComicInfo><Title>T</Title>\(many)<Series>S</Series></ComicInfo>".utf8)
        let document = try XMLDocument(bytes, name: "it")
        #expect(document.root.descendants.count < XMLDocument.elementLimit)
        #expect(document.flaw == "more than 250000 elements")
        #expect(try title(bytes) == "T")
    }

    @Test func `an attribute of 5 MB and a hundred thousand attributes are no obstacle`() throws {
        let long = String(repeating: "x", count: 5 << 20)
        let info = try ComicInfo(Array("<ComicInfo><Page Image='\(long)'/><Title>T</Title></ComicInfo>".utf8))
        #expect(info.metadata.text(.title) == "T")
        let many = (0..<100_000).map { " a\($0)=''" }.joined()
        let other = try ComicInfo(Array("<ComicInfo><Title>T</Title><Page\(many)/></ComicInfo>".utf8))
        #expect(other.metadata.text(.title) == "T")
        #expect(other.findings.first?.detail.contains("more than 2000 attributes") == true)
    }

    @Test func `texts beyond any use are cut, not refused`() throws {
        let long = String(repeating: "word ", count: 600_000)
        let list = (0..<200_000).map { "n\($0)" }.joined(separator: ",")
        let info = try ComicInfo(
            Array("<ComicInfo><Summary>\(long)</Summary><Tags>\(list)</Tags><Year>\(long)</Year></ComicInfo>".utf8)
        )
        #expect(info.metadata.text(.summary)?.utf8.count == 128 << 10)
        #expect(info.metadata.list(.tags).count == NameList.limit)
        #expect(info.findings.count == 1)
        #expect(info.findings[0].detail.utf8.count < 200)
    }

    @Test func `bytes that are changed anywhere never stop the reader`() throws {
        let text = Array(Self.text("utf-8").utf8)
        var generator = SplitMix(seed: 5)
        for _ in 0..<3000 {
            var damaged = text
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                damaged[Int.random(in: damaged.indices, using: &generator)] = UInt8.random(
                    in: 0...255,
                    using: &generator
                )
            }
            _ = try? ComicInfo(damaged)
            _ = try? MetronInfo(damaged)
            _ = try? JSONDocument(damaged, name: "it")
            _ = try? PackageMetadata(sidecar: damaged)
        }
    }
}
