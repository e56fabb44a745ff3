// SPDX-License-Identifier: MIT
import Testing

@testable import LibraryModel

@Suite("A conversion gives names that nobody takes for books")
struct ConversionNamesTests {
    @Test(arguments: [
        ("Saga 001.cbr", "Saga 001.cbz"), ("a.b.CBR", "a.b.cbz"), ("x.7z", "x.cbz"), ("x.cbz.rar", "x.cbz.cbz"),
        ("\u{e4}.tar", "\u{e4}.cbz"),
    ])
    func `a result has the book's name with another end`(name: String, result: String) {
        #expect(ConversionNames.result(of: FileName(name)) == FileName(result))
    }

    @Test func `what is named .cbz already has no other name to take`() {
        #expect(ConversionNames.result(of: FileName("x.cbz")) == nil)
    }

    @Test(arguments: [0, 1, 0xffff_ffff_ffff_ffff, 0x0123_4567_89ab_cdef] as [UInt64])
    func `drafts are never books and are known again`(random: UInt64) {
        let name = ConversionNames.draft(random)
        #expect(ConversionNames.isDraft(name) && NameRules.isIgnoredFile(name))
    }

    @Test(arguments: [
        ".stump-.tmp", ".stump-0123456789abcde.tmp", ".stump-0123456789abcdeG.tmp", ".stump-0123456789abcdef.tmp2",
        "x.cbr", ".stump-originals", ".stump-0123456789ABCDEF.tmp", "",
    ])
    func `nothing else is taken for a draft`(name: String) {
        #expect(!ConversionNames.isDraft(FileName(name)))
    }

    @Test func `the shelf is never entered, and a long name fits on it`() {
        #expect(NameRules.isIgnoredDirectory(ConversionNames.shelf))
        let long = FileName(String(repeating: "x", count: 251) + ".cbr")
        let name = ConversionNames.onShelf(long, number: 1234)
        #expect(name.bytes.count == 255 && name.text.hasPrefix("1234-x") && name.text.hasSuffix(".cbr"))
    }

    @Test func `each kind has its kin, and all can be converted`() {
        var settings = ConversionSettings()
        #expect(settings.formats.isEmpty && settings.originals == .retain && settings.retain == .seconds(2_592_000))
        settings.kinds = [.cbr]
        #expect(settings.formats == [.cbr, .rar])
        #expect(ConversionSettings.convertible == [.cbr, .rar, .cb7, .sevenZip, .cbt, .tar])
    }
}
