// SPDX-License-Identifier: MIT

/// The words by which a book is found, each in the first of its columns only.
///
/// The names of its folders are not among them: those of its series are found at the series, so that renaming a folder
/// changes no book's words.
package struct BookText: Equatable, Sendable {
    /// The most words of one book; lists of a hostile document end there.
    package static let mostWords = 400

    package private(set) var title = ""
    package private(set) var series = ""
    package private(set) var name = ""
    package private(set) var people = ""
    package private(set) var tags = ""

    /// Every word once.
    package private(set) var words: Set<String> = []

    package init(name: FileName, metadata: BookMetadata) {
        title = take([metadata.text(.title) ?? ""])
        series = take([metadata.text(.series) ?? "", metadata.text(.number) ?? ""])
        self.name = take([name.stem.text, (metadata.text(.isbn) ?? "").replacing("-", with: "")])
        people = take(BookText.people.flatMap(metadata.list))
        let names = [metadata.text(.publisher) ?? "", metadata.text(.imprint) ?? ""]
        tags = take(BookText.tags.flatMap(metadata.list) + names)
    }

    /// The words of a series: its folder's name as the title, and what the document about it says.
    package init(series name: String, metadata: BookMetadata) {
        title = take([name])
        series = take([metadata.text(.title) ?? "", metadata.text(.series) ?? ""])
        people = take(BookText.people.flatMap(metadata.list))
        let names = [metadata.text(.publisher) ?? "", metadata.text(.imprint) ?? ""]
        tags = take(BookText.tags.flatMap(metadata.list) + names)
    }

    private static let people: [MetadataField] = [
        .writers, .pencillers, .inkers, .colorists, .letterers, .coverArtists, .editors, .translators,
    ]

    private static let tags: [MetadataField] = [.storyArcs, .characters, .teams, .genres, .tags, .locations]

    private mutating func take(_ texts: [String]) -> String {
        var own: [String] = []
        for text in texts {
            if words.count >= BookText.mostWords { break }
            for word in SearchText(text).words where words.insert(word).inserted { own.append(word) }
        }
        return own.joined(separator: " ")
    }
}
