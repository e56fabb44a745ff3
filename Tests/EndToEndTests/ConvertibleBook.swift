// SPDX-License-Identifier: MIT
import FoundationEssentials
import Support
import SystemPackage
import Testing

/// A RAR whose pages are known, to be found again in what becomes of it.
struct ConvertibleBook: Sendable {
    let number: Int
    let pages: [(name: String, contents: [UInt8])]
    let bytes: [UInt8]

    /// Every number gives other pages; RAR 4 and 5, solid and not, take turns.
    init(number: Int) {
        self.number = number
        pages = (1...3).map { page in
            ("page \(page).png", Picture.png(width: 10 + number % 50, height: 20 + page + number / 50))
        }
        var options = RarWriter.Options()
        options.isSolid = number % 4 >= 2
        options.packs = options.isSolid
        let entries = pages.map { RarWriter.Entry($0.name, $0.contents) }
        bytes = RarWriter.archive(entries, number % 2 == 0 ? .four : .five, options)
    }

    /// Whether a ZIP holds just these pages, as a program says that knows nothing of ours.
    func isWhole(in archive: FilePath) async throws -> Bool {
        let judge = try #require(
            Program.installed("bsdtar"),
            "Debian's libarchive-tools is needed: make test installs it"
        )
        let folder = try TemporaryDirectory()
        let result = try await Program.run(judge, ["-xf", archive.string, "-C", folder.path.string])
        guard result.code == 0 else { return false }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path.string).sorted()
        return names == pages.map(\.name)
            && pages.allSatisfy { page in
                let found = FileManager.default.contents(atPath: folder.path.appending(page.name).string)
                return found.map { Array($0) } == page.contents
            }
    }
}
