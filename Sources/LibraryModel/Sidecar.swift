// SPDX-License-Identifier: MIT

/// A file beside books that says something of them.
package struct Sidecar: Equatable, Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// A package document: calibre's `metadata.opf`, or the `.opf` of a book's name.
        case opf

        /// Mylar's `series.json`.
        case seriesJSON = "series_json"

        /// What the name says; `nil` for every other file.
        package init?(name: FileName) {
            if name == Sidecar.seriesDocument {
                self = .seriesJSON
            } else if name.lowercasedExtension.elementsEqual("opf".utf8) {
                self = .opf
            } else {
                return nil
            }
        }
    }

    package static let seriesDocument = FileName("series.json")

    package var name: FileName
    package var kind: Kind
    package var stamp: FileStamp

    package init(name: FileName, kind: Kind, stamp: FileStamp) {
        self.name = name
        self.kind = kind
        self.stamp = stamp
    }
}

extension [Sidecar] {
    /// Tells whether they are what they were, without the first being kept; 0 where there is none.
    package var digest: Int64 {
        Int64(bitPattern: reduce(0) { $0 &+ EntryHash(kind: 3, $1.name).adding($1.stamp).value })
    }
}

/// What a sidecar says.
package struct SidecarFacts: Equatable, Sendable {
    /// Of the book, or of each of the books in its folder.
    package var book = BookMetadata()

    /// Of their series, whose name is the title; a package document says nothing of it.
    package var series = BookMetadata()
    package var findings: [Finding] = []

    package init() {}
}
