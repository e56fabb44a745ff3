// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import MediaReading

/// What other programs make of a converted book, and we of what other programs packed; each is asked where it is
/// installed.
@Suite("Other programs find the same in the original and in the converted book")
struct JudgedConversionTests {
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("Book/1.png", Picture.png(width: 60, height: 60)), ("Book/été 日本/2.png", Picture.png(width: 61, height: 60)),
        ("leer.txt", []), ("Book/ComicInfo.xml", Array("<ComicInfo><Title>T</Title></ComicInfo>".utf8)),
        ("Book/10.png", Picture.png(width: 62, height: 60)),
    ]

    /// The checksums of all files as they lie unpacked below `folder`.
    private func sums(of folder: FilePath) throws -> String {
        let find = try #require(Judge("find"))
        return try #require(try find.run([".", "-type", "f", "-exec", "sha256sum", "{}", "+"], in: folder))
            .split(separator: "\n").sorted().joined(separator: "\n")
    }

    @Test(arguments: ConversionTests.sources)
    func `programs that unpack either find the same files`(container: Container) throws {
        let original = try container.archive(Self.files)
        let book = try ConvertedBook(byWorkers: try OpenFile(original), promised: container.format)
        #expect(book.isProved)
        let directory = try TemporaryDirectory()
        try directory.write("book", original)
        try directory.write("book.zip", book.bytes)
        let judges: [(String, [String])] = [
            ("7z", ["x", "-bd", "-y", "../book.zip"]), ("unzip", ["-q", "../book.zip"]),
            ("bsdtar", ["-xf", "../book.zip"]), ("unar", ["-q", "-D", "../book.zip"]),
        ]
        for (place, file) in Self.files.enumerated() {
            for component in [FilePath("files"), FilePath("files/Book"), FilePath("files/Book/été 日本")] {
                if place == 0 { try directory.makeDirectory(component) }
            }
            try directory.write(FilePath("files/" + file.name), file.bytes)
        }
        let expected = try sums(of: directory.path.appending("files"))
        for (name, words) in judges {
            guard let judge = Judge(name) else { continue }
            try directory.makeDirectory(FilePath(name))
            let unpacked = directory.path.appending(name)
            #expect(try judge.run(words, in: unpacked) != nil, "\(name) complains")
            #expect(try sums(of: unpacked) == expected, "\(name)")
        }
        for (name, words) in [("7z", ["t", "book.zip"]), ("unzip", ["-tqq", "book.zip"])] {
            if let judge = Judge(name) { #expect(try judge.run(words, in: directory.path) != nil, "\(name)") }
        }
    }

    @Test func `what 7z packs in its ways is converted, times and folders included`() throws {
        guard let sevenZip = Judge("7z") else { return }
        let ways = [
            ["-t7z"], ["-t7z", "-ms=off"], ["-t7z", "-m0=PPMd"], ["-t7z", "-m0=BZip2"], ["-t7z", "-m0=Copy"],
            ["-t7z", "-mhc=off"], ["-ttar"], ["-t7z", "-ms=60k"],
        ]
        for (place, way) in ways.enumerated() {
            let directory = try TemporaryDirectory()
            try directory.makeDirectory("Book/empty")
            for number in 0..<12 {
                let name = FilePath("Book/\(number) é.png")
                try directory.write(name, Picture.png(width: 50 + number, height: 60))
                try directory.setModified(name, Timestamp(seconds: 1_300_000_001 + Int64(number), nanoseconds: 999))
            }
            try directory.setModified("Book/empty", Timestamp(seconds: 1_200_000_003, nanoseconds: 0))
            #expect(try sevenZip.run(["a", "-bd"] + way + ["book", "Book"], in: directory.path) != nil)
            let name = way[0] == "-ttar" ? "book.tar" : "book.7z"
            let book = try ConvertedBook(byWorkers: try OpenFile(reading: directory.path.appending(name)))
            #expect(book.isProved, "\(way)")
            let entries = try book.directory().entries
            #expect(entries.count == 14, "\(place)")
            for number in 0..<12 {
                let entry = entries.first { $0.shown == "Book/\(number) é.png" }
                #expect(entry?.modified?.wholeSeconds == 1_300_000_001 + Int64(number))
            }
            let empty = entries.first { $0.shown == "Book/empty/" }
            #expect(empty?.modified?.wholeSeconds == 1_200_000_003)
        }
    }

    @Test func `what GNU tar packs is converted, long names and holes included`() throws {
        guard let tar = Judge("tar") else { return }
        for format in ["gnu", "pax", "v7"] {
            let directory = try TemporaryDirectory()
            let long = String(repeating: format == "v7" ? "x" : "ü", count: 60)
            let folder = FilePath("Book/" + (format == "v7" ? "y" : long))
            try directory.makeDirectory(folder)
            let page = folder.appending(FilePath(long + ".png").components)
            try directory.write(page, Picture.png(width: 50, height: 60))
            try directory.write("Book/hole.bin", [UInt8](repeating: 0, count: 300_000) + [1])
            let words = ["--sparse", "--format=\(format)", "-cf", "book.tar", "Book"]
            #expect(try tar.run(format == "v7" ? Array(words.dropFirst()) : words, in: directory.path) != nil)
            let book = try ConvertedBook(byWorkers: try OpenFile(reading: directory.path.appending("book.tar")))
            #expect(book.isProved, "\(format)")
            let names = try book.directory().entries.map(\.shown)
            #expect(Set(names) == ["Book/", "\(folder)/", page.string, "Book/hole.bin"], "\(format): \(names)")
        }
    }
}
