// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@testable import MediaReading

@Suite("A comparison finds whatever is not as in the original")
struct ConversionCheckTests {
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("1.png", Picture.png(width: 3, height: 4)), ("ComicInfo.xml", Array("<ComicInfo/>".utf8)),
        ("2.png", Picture.png(width: 4, height: 3)), ("notes.txt", []),
    ]

    private func failure(_ outcome: WorkReport.Outcome) -> String? {
        guard case .notConverted(let findings) = outcome, findings.count == 1 else { return nil }
        return findings[0].problem == .conversionFailed ? findings[0].detail : nil
    }

    @Test(arguments: [Container.rars[0], .tar])
    func `no byte of the result can be another`(container: Container) throws {
        let original = try container.archive(Self.files)
        let whole = try ConvertedBook(original)
        let written = try #require(whole.figures)
        var silent: [Int] = []
        for place in whole.bytes.indices {
            for mask: UInt8 in [0x01, 0x80] {
                var changed = whole.bytes
                changed[place] ^= mask
                let outcome = try ConvertedBook.comparison(of: original, with: changed)
                if case .compared(let found) = outcome {
                    #expect(!found.isResult(of: written), "byte \(place)")
                    silent.append(place)
                } else {
                    #expect(failure(outcome) != nil, "byte \(place): \(outcome)")
                }
            }
        }
        // By itself the comparison knows all bytes but those that say nothing of the contents: versions, owners, modes,
        // what is said twice of times and sizes before an entry, and some of the records at the end.
        #expect(Set(silent).count < 4 * 90, "\(Set(silent).count) of \(whole.bytes.count)")
        let contents = try ConvertedContents(of: whole)
        // Where deflate ends within a byte, the bits behind that are nobody's.
        #expect(silent.filter { contents.covers($0) && !contents.endsDeflate($0) } == [])
    }

    /// Where the packed bytes of entries lie, and their names and checksums in the directory.
    private struct ConvertedContents {
        private var ranges: [Range<Int>] = []
        private var deflateEnds: Set<Int> = []

        init(of book: ConvertedBook) throws {
            let directory = try book.directory()
            var offset = directory.extent.lowerBound
            let bytes = book.bytes[...]
            for record in directory.records {
                let local = record.headerOffset
                let start =
                    local + 30 + Int(bytes.number(at: local + 26, width: 2) + bytes.number(at: local + 28, width: 2))
                ranges.append((local + 30)..<(local + 30 + record.name.count))
                ranges.append(start..<(start + record.compressedSize + 16))
                if record.method.rawValue == 8 { deflateEnds.insert(start + record.compressedSize - 1) }
                ranges.append((offset + 10)..<(offset + 34))
                ranges.append((offset + 42)..<(offset + 46 + record.name.count))
                offset += 46 + record.name.count + Int(bytes.number(at: offset + 30, width: 2))
            }
        }

        func endsDeflate(_ place: Int) -> Bool { deflateEnds.contains(place) }

        func covers(_ place: Int) -> Bool { ranges.contains { $0.contains(place) } }
    }

    @Test func `a result that was cut or has more behind it is none`() throws {
        let original = try Container.rars[3].archive(Self.files)
        let bytes = try ConvertedBook(original).bytes
        for count in 0..<bytes.count {
            let outcome = try ConvertedBook.comparison(of: original, with: Array(bytes.prefix(count)))
            #expect(failure(outcome) != nil, "cut after \(count): \(outcome)")
        }
        #expect(failure(try ConvertedBook.comparison(of: original, with: bytes + [0])) != nil)
        #expect(failure(try ConvertedBook.comparison(of: original, with: [0] + bytes)) != nil)
    }

    @Test(arguments: ConversionTests.sources)
    func `an entry that is missing, added, renamed, moved or changed is found`(container: Container) throws {
        let original = try container.archive(Self.files)
        var changed: [(String, [(name: String, bytes: [UInt8])])] = [
            ("it has 3 entries", Array(Self.files.dropLast())),
            ("it has 5 entries", Self.files + [("more.txt", [1])]),
            ("has the name", Self.files.map { ($0.name == "notes.txt" ? "Notes.txt" : $0.name, $0.bytes) }),
            ("has the name", Self.files.reversed()),
        ]
        var other = Self.files
        other[2].bytes[other[2].bytes.count - 20] ^= 1
        changed.append(("2.png has", other))
        other = Self.files
        other[1].bytes.append(32)
        changed.append(("ComicInfo.xml has 13 bytes instead of 12", other))
        for (words, files) in changed {
            let result = try ConvertedBook(try container.archive(files)).bytes
            let failure = failure(try ConvertedBook.comparison(of: original, with: result))
            #expect(failure?.contains(words) ?? false, "\(failure ?? "none"), not \(words)")
        }
    }

    @Test func `another time, kind or way to write a name is found`() throws {
        let page = Picture.png(width: 4, height: 4)
        var entry = TarWriter.Entry("1.png", page)
        let original = TarWriter.archive([entry, TarWriter.Entry("a", [])])
        entry.modified = 1
        var result = try ConvertedBook(TarWriter.archive([entry, TarWriter.Entry("a", [])])).bytes
        #expect(failure(try ConvertedBook.comparison(of: original, with: result))?.contains("another time") ?? false)
        var folder = TarWriter.Entry("a/", [])
        folder.type = "5"
        result = try ConvertedBook(TarWriter.archive([TarWriter.Entry("1.png", page), folder])).bytes
        #expect(failure(try ConvertedBook.comparison(of: original, with: result))?.contains("another kind") ?? false)
        // A ZIP of the same entries that was not made here.
        result = ZipWriter.archive([ZipWriter.Entry("1.png", page), ZipWriter.Entry("a", [])])
        #expect(failure(try ConvertedBook.comparison(of: original, with: result)) != nil)
    }

    @Test func `a fault of the original's is told as its own`() throws {
        let original = try Container.rars[1].archive(Self.files)
        let result = try ConvertedBook(original).bytes
        let outcome = try ConvertedBook.comparison(of: Array(original.dropLast(30)), with: result)
        guard case .notConverted(let findings) = outcome else {
            Issue.record("compared: \(outcome)")
            return
        }
        #expect(findings.map(\.problem) == [.archiveTruncated])
    }
}
