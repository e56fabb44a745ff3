// SPDX-License-Identifier: MIT

/// What the name of a file says of the book in it.
///
/// It is the least of all sources, since names are made by people, groups and programs with habits of their own. What
/// is here the name says; where it can be read in two ways, the field is `nil`.
package struct BookName: Equatable, Sendable {
    /// As the file has it, or the folder; empty only where neither has one.
    package var series = ""

    /// Whether the file says nothing of the series, and the folder alone does.
    package var isSeriesOfFolder = false

    /// `1`, `1.5`, `12a`, `-1`, `1-8`; the volume where the book has no number beside it.
    package var number: String?

    /// `2`, `1-3`, or the year in which the series began, as taggers have it.
    package var volume: String?

    /// How many books the series has, of `1 of 4`.
    package var count: Int?

    package var year: Int?

    /// From 1 to 12.
    package var month: Int?

    /// From 1 to 31.
    package var day: Int?

    package var title: String?
    package var format: PublicationFormat?

    /// A BCP 47 tag.
    package var language: String?

    package var writers: [String] = []

    package init() {}

    /// Reads the name of a file that lies in `folder`, if it lies in one that may have the name of the series.
    package init(_ file: FileName, folder: FileName? = nil) {
        self.init(file, in: folder.map(SeriesName.init(folder:)))
    }

    /// The same, for who reads the names of many files of a folder.
    package init(_ file: FileName, in folder: SeriesName?) {
        var parser = BookNameParser(file, folder: folder)
        self = parser.parse()
    }
}

extension BookName {
    /// Adds to a book's facts what nothing in it or beside it has said: call it behind all other sources.
    ///
    /// Parts of one statement stay together: no month of a name for a year that the book itself knows otherwise. A
    /// series that only the folder names is left out: a folder is renamed without its books being read again, so who
    /// shows a book takes it from there, as ``fillSeries(of:in:)`` does.
    package func fill(_ metadata: inout BookMetadata) {
        let isSameYear = year != nil && (metadata.integer(.year) ?? year) == year
        if !isSeriesOfFolder { note(.series, series, in: &metadata) }
        note(.number, number, in: &metadata)
        note(.volume, volume.flatMap { Int($0) }, in: &metadata)
        note(.count, count, in: &metadata)
        note(.year, year, in: &metadata)
        if isSameYear {
            note(.month, month, in: &metadata)
            note(.day, day, in: &metadata)
        }
        note(.title, title, in: &metadata)
        note(.format, format?.rawValue, in: &metadata)
        note(.language, language, in: &metadata)
        metadata.note(.writers, .list(writers), from: .filename)
    }

    /// Adds the series that a folder's name says, to facts of a book which nothing else knows it of.
    package static func fillSeries(of folder: FileName?, in metadata: inout BookMetadata) {
        // No facts at all are those of a library that wants none.
        guard let folder, !metadata.isEmpty, metadata.text(.series) == nil else { return }
        metadata.note(.series, .text(SeriesName(folder: folder).name), from: .filename)
    }

    private func note(_ field: MetadataField, _ text: String?, in metadata: inout BookMetadata) {
        if let text { metadata.note(field, .text(text), from: .filename) }
    }

    private func note(_ field: MetadataField, _ integer: Int?, in metadata: inout BookMetadata) {
        if let integer { metadata.note(field, .integer(integer), from: .filename) }
    }
}
