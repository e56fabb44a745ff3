// SPDX-License-Identifier: MIT
import LibraryModel

/// The package document of an EPUB, version 2 or 3: what the book consists of and says of itself.
///
/// Follows EPUB 3.3 and OPF 2.0.1. Prefixes of elements are of no account, for many books get them wrong.
struct EpubPackage {
    /// One file of the book as its manifest lists it.
    struct Item {
        let id: String
        let mediaType: String
        let properties: [Substring]

        /// The name of the entry in the archive.
        let path: [UInt8]

        var isImage: Bool { mediaType.hasPrefix("image/") && mediaType != "image/svg+xml" }
    }

    /// All elements of the document, in order: in broken XML they lie deeper than they should.
    let elements: [XMLElement]
    let findings: [Finding]

    /// Where the document lies in the archive: empty, or with `/` at its end.
    private let folder: ArraySlice<UInt8>

    static let containerName = "META-INF/container.xml"

    /// Whether an archive is an EPUB: it says so in its first entry, or its name does and the container's file is there.
    static func isPresent(in directory: ZipDirectory, head: ArraySlice<UInt8>, promised: MediaFormat) -> Bool {
        if head.has("mimetype", at: 30) {
            let start = 38 + Int(head.number(at: 28, width: 2))
            if head.has("application/epub+zip", at: start) { return true }
        }
        return promised == .epub && directory.entry(named: containerName.utf8) != nil
    }

    init(_ directory: ZipDirectory, _ reader: EntryReader) throws(Finding) {
        let path = try Self.path(in: directory, reader)
        guard let entry = directory.entry(named: path) else {
            throw Finding(.archiveCorrupt, "the book has no package document: \(String(shown: path))")
        }
        let contents = try reader.contents(of: entry, limit: ArchiveLimits.documentSize)
        let document = try XMLDocument(contents, name: entry.shown)
        findings = document.flaw.map { [Finding(.metadataInvalid, "\(entry.shown) is not well-formed: \($0)")] } ?? []
        elements = document.root.descendants
        folder = path.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? []
    }

    /// The manifest's files.
    var items: [Item] {
        (element("manifest")?.children(named: "item") ?? []).compactMap { Item($0, in: folder) }
    }

    /// How many files there are in reading order, which count as the book's pages.
    var spineCount: Int {
        element("spine")?.children(named: "itemref").count ?? 0
    }

    /// The first element of this name.
    func element(_ name: String) -> XMLElement? {
        elements.first { $0.name == name }
    }

    /// What the container's file names, or where that cannot be read the first package document there is.
    private static func path(in directory: ZipDirectory, _ reader: EntryReader) throws(Finding) -> [UInt8] {
        var failure = Finding(.archiveCorrupt, "the book has no \(containerName)")
        if let entry = directory.entry(named: containerName.utf8) {
            do throws(Finding) {
                let contents = try reader.contents(of: entry, limit: ArchiveLimits.documentSize)
                let files = try XMLDocument(contents, name: containerName).root.descendants.filter {
                    $0.name == "rootfile"
                }
                let packages = files.filter { $0["media-type"] == "application/oebps-package+xml" }
                if let path = (packages.first ?? files.first)?["full-path"] {
                    return RelativePath.resolve(path, in: [])
                }
                failure = Finding(.archiveCorrupt, "\(containerName) names no package document")
            } catch {
                failure = error
            }
        }
        guard
            let package = directory.entries.first(where: { $0.lastComponent.lowercasedExtension == Array("opf".utf8) })
        else { throw failure }
        return package.name
    }
}

extension EpubPackage.Item {
    fileprivate init?(_ element: XMLElement, in folder: ArraySlice<UInt8>) {
        guard let reference = element["href"] else { return nil }
        id = element["id"] ?? ""
        mediaType = element["media-type"]?.lowercased() ?? ""
        properties = element["properties"]?.split(whereSeparator: \.isWhitespace) ?? []
        path = RelativePath.resolve(reference, in: folder)
    }
}
