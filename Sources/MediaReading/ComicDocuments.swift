// SPDX-License-Identifier: MIT
import LibraryModel

/// What the documents in a comic's archive say of it, in the order of trust.
///
/// A document that cannot be read is a finding, and the next one is asked.
struct ComicDocuments {
    private(set) var metadata = BookMetadata()
    private(set) var findings: [Finding] = []

    /// Takes the names of the entries as stored, the archive's comment, and a way to read an entry by its place.
    init(
        names: [[UInt8]],
        comment: some Collection<UInt8>,
        contents: (Int) throws(Finding) -> [UInt8]
    ) {
        if let place = Self.place(of: "comicinfo.xml", among: names) {
            read { () throws(Finding) in
                let document = try ComicInfo(try contents(place))
                return (document.metadata, document.findings)
            }
        }
        if let place = Self.place(of: "metroninfo.xml", among: names) {
            read { () throws(Finding) in
                let document = try MetronInfo(try contents(place))
                return (document.metadata, document.findings)
            }
        }
        if ComicBookInfo.isPresent(in: comment) {
            read { () throws(Finding) in
                let document = try ComicBookInfo(Array(comment))
                return (document.metadata, document.findings)
            }
        }
    }

    private mutating func read(_ document: () throws(Finding) -> (BookMetadata, [Finding])) {
        do throws(Finding) {
            let (facts, flaws) = try document()
            metadata.complete(with: facts)
            findings += flaws
        } catch {
            findings.append(error)
        }
    }

    /// The document that counts among those of a name, which is given in lower case: the nearest to the root, and
    /// among equals the first by name.
    static func place(of document: String, among names: [[UInt8]]) -> Int? {
        let wanted = Array(document.utf8)
        var best: (depth: Int, place: Int)?
        for (place, name) in names.enumerated() where name.count >= wanted.count {
            let end = name[(name.count - wanted.count)...]
            guard end.elementsEqual(wanted, by: { $0.asciiLowercased == $1 }) else { continue }
            // Programs of Windows write its separator.
            let folders = name[..<end.startIndex].split(omittingEmptySubsequences: false) {
                $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\")
            }
            guard folders.last?.isEmpty == true, !folders.contains(where: { $0.elementsEqual("__MACOSX".utf8) }) else {
                continue
            }
            let depth = folders.count { !$0.isEmpty && !$0.elementsEqual(".".utf8) }
            guard let known = best else {
                best = (depth, place)
                continue
            }
            if depth < known.depth || depth == known.depth && name.lexicographicallyPrecedes(names[known.place]) {
                best = (depth, place)
            }
        }
        return best?.place
    }
}

extension ComicInfo {
    /// The one that counts in an archive.
    static func entry(among entries: [ArchiveEntry]) -> ArchiveEntry? {
        ComicDocuments.place(of: "comicinfo.xml", among: entries.map(\.name)).map { entries[$0] }
    }
}
