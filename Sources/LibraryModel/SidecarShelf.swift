// SPDX-License-Identifier: MIT

/// Which of the sidecars in one directory belongs to which of its books.
///
/// Sidecars say nothing of books further below: every folder has its own.
package struct SidecarShelf: Sendable {
    /// What is about the series in the directory.
    package let seriesDocument: Sidecar?

    /// The package documents, by the names of the books they are about, without the extension.
    private var documents: [FileName: Sidecar] = [:]

    /// calibre keeps a folder for each book, in which all its formats have one name; elsewhere nothing tells which of
    /// the books its document is about.
    private var commonDocument: Sidecar?

    private static let commonName = Array("metadata.opf".utf8)

    package init(_ entries: [Listing.Entry]) {
        var seriesDocument: Sidecar?
        var common: Sidecar?
        for entry in entries {
            guard case .sidecar(let kind, let stamp) = entry.kind else { continue }
            let sidecar = Sidecar(name: entry.name, kind: kind, stamp: stamp)
            switch kind {
            case .seriesJSON: seriesDocument = sidecar
            case .opf where entry.name.bytes.map(\.asciiLowercased) == Self.commonName: common = sidecar
            case .opf: documents[entry.name.stem] = sidecar
            }
        }
        self.seriesDocument = seriesDocument
        if common != nil, Self.holdsOneBook(entries) { commonDocument = common }
    }

    /// What is beside a book and about it, in the order of trust.
    package func sidecars(of book: FileName) -> [Sidecar] {
        let document = documents.isEmpty ? commonDocument : documents[book.stem] ?? commonDocument
        return [document, seriesDocument].compactMap { $0 }
    }

    private static func holdsOneBook(_ entries: [Listing.Entry]) -> Bool {
        var stem: FileName?
        for entry in entries {
            guard case .book = entry.kind else { continue }
            if stem != nil, stem != entry.name.stem { return false }
            stem = entry.name.stem
        }
        return stem != nil
    }
}
