// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("What stands beside a book is known to be its own")
struct SidecarShelfTests {
    private func stamp(_ size: Int64) -> FileStamp {
        let instant = Timestamp(nanoseconds: 1)
        return FileStamp(device: 1, inode: 1, born: nil, size: size, modified: instant, changed: instant)
    }

    private func entries(_ names: [String], size: Int64 = 7) -> [Listing.Entry] {
        names.map { name in
            let name = FileName(name)
            if let format = MediaFormat(name: name) {
                return Listing.Entry(name: name, kind: .book(format, stamp(1)))
            }
            return Listing.Entry(name: name, kind: Sidecar.Kind(name: name).map { .sidecar($0, stamp(size)) } ?? .other)
        }
    }

    private func listing(_ entries: [Listing.Entry]) -> Listing {
        let instant = Timestamp(nanoseconds: 1)
        let stamp = DirectoryStamp(device: 1, inode: 2, born: nil, modified: instant, changed: instant)
        return Listing(stamp: stamp, entries: entries)
    }

    private func names(of book: String, among names: [String]) -> [String] {
        SidecarShelf(entries(names)).sidecars(of: FileName(book)).map(\.name.text)
    }

    @Test func `a package document of a book's name is that book's alone`() {
        let folder = ["a.epub", "b.epub", "a.opf", "notes.txt"]
        #expect(names(of: "a.epub", among: folder) == ["a.opf"])
        #expect(names(of: "b.epub", among: folder) == [])
    }

    @Test func `calibre's document is about all formats of the one book in its folder, and about none of several`() {
        let one = ["Grass.epub", "Grass.pdf", "metadata.opf", "cover.jpg"]
        #expect(names(of: "Grass.epub", among: one) == ["metadata.opf"])
        #expect(names(of: "Grass.pdf", among: one) == ["metadata.opf"])
        #expect(names(of: "Grass.pdf", among: one + ["Stones.pdf"]) == [])
        #expect(names(of: "Grass.epub", among: one + ["Grass.OPF"]) == ["Grass.OPF"])
    }

    @Test func `a document about the series is every book's, and trusted least`() {
        let folder = ["1.cbz", "2.cbz", "2.opf", "series.json", "Series.JSON"]
        #expect(names(of: "1.cbz", among: folder) == ["series.json"])
        #expect(names(of: "2.cbz", among: folder) == ["2.opf", "series.json"])
        #expect(SidecarShelf(entries(folder)).seriesDocument?.kind == .seriesJSON)
    }

    @Test func `another document makes another listing, and has its book read again`() {
        let before = listing(entries(["a.cbz", "b.cbz", "a.opf"]))
        let after = listing(entries(["a.cbz", "b.cbz", "a.opf"], size: 8))
        #expect(before.digest.names == after.digest.names && before.digest.files != after.digest.files)
        #expect(listing(entries(["a.cbz", "b.cbz"])).digest.names != before.digest.names)

        var known = KnownDirectory()
        known.books = [(Int64(1), "a.cbz"), (2, "b.cbz")].map { id, name in
            let sidecars = SidecarShelf(before.entries).sidecars(of: FileName(name)).digest
            return KnownBook(
                id: id,
                name: FileName(name),
                stamp: stamp(1),
                isMissing: false,
                isCurrent: true,
                sidecars: sidecars
            )
        }
        #expect(DirectoryDifference(before, known).candidates.isEmpty)
        #expect(DirectoryDifference(after, known).candidates.map(\.name.text) == ["a.cbz"])
        let without = listing(entries(["a.cbz", "b.cbz"]))
        #expect(DirectoryDifference(without, known).candidates.map(\.name.text) == ["a.cbz"])
        #expect(DirectoryDifference(without, known).skippedFiles == 0)
        #expect(DirectoryDifference(before, known).skippedFiles == 1)
    }

    @Test func `a document about the series is read when it is new or changed, and cleared away when it is gone`() {
        let full = listing(entries(["series.json"]))
        var known = KnownDirectory()
        #expect(DirectoryDifference(full, known).reading.seriesDocument?.name == Sidecar.seriesDocument)
        #expect(DirectoryDifference(full, known, usesSidecars: false).reading.isEmpty)
        known.seriesDocument = DirectoryDifference(full, known).reading.seriesDocument.map { [$0].digest } ?? 0
        #expect(DirectoryDifference(full, known).reading.isEmpty)
        let empty = listing([])
        #expect(DirectoryDifference(empty, known).isSeriesDocumentGone)
        #expect(DirectoryDifference(full, known, usesSidecars: false).isSeriesDocumentGone)
    }
}
