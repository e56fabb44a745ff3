// SPDX-License-Identifier: MIT
import LibraryModel

/// What people did for a book, by the words and codes that programs write, and the fields where they are named.
enum CreditRole {
    private static let groups: [(fields: [MetadataField], words: [String])] = [
        (
            [.writers],
            [
                "aut", "author", "authors", "writer", "writers", "script", "scripter", "story", "plot", "plotter",
                "creator",
                "cre", "adp", "adapter", "aus", "screenwriter", "scenario", "scenarist", "text", "words", "storyboards",
                "lbt", "coauthor", "interviewer",
            ]
        ),
        (
            [.pencillers],
            [
                "penciller", "penciler", "pencillers", "pencilers", "pencils", "pencil", "breakdowns", "layouts", "ill",
                "illustrator", "illustrators", "illustrations", "art", "drm", "draftsman", "pen",
            ]
        ),
        ([.pencillers, .inkers], ["artist", "artists", "painter", "painting"]),
        (
            [.inkers],
            ["inker", "inkers", "inks", "ink", "embellisher", "finishes", "finisher", "inkassists"]
        ),
        (
            [.colorists],
            [
                "colorist", "colourist", "colorists", "colourists", "colorer", "colourer", "colors", "colours", "clr",
                "colorartist", "colorseparations", "colorassists", "colorflats", "digitalarttechnician", "graytone",
            ]
        ),
        ([.letterers], ["letterer", "letterers", "letters", "lettering", "ltr"]),
        (
            [.coverArtists],
            [
                "cover", "covers", "coverartist", "coverartists", "coverart", "cov", "coverdesigner", "bjd",
                "bookjacketdesigner",
            ]
        ),
        (
            [.editors],
            [
                "edt", "editor", "editors", "edits", "editing", "consultingeditor", "assistanteditor",
                "associateeditor",
                "groupeditor", "senioreditor", "managingeditor", "collectioneditor", "supervisingeditor",
                "executiveeditor", "editorinchief", "edc",
            ]
        ),
        ([.translators], ["trl", "translator", "translators", "translation"]),
    ]

    private static let byWord: [String: [MetadataField]] = groups.reduce(into: [:]) { table, group in
        for word in group.words { table[word] = group.fields }
    }

    /// The fields for a role; none for one that has no field, such as a narrator.
    ///
    /// Takes MARC's codes, also with `marc:` or as the last part of an address, and words in any case.
    static func fields(_ role: String) -> [MetadataField] {
        let word = role.split { $0 == ":" || $0 == "/" }.last.map { String($0) } ?? ""
        return byWord[word.folded] ?? byWord[role.folded] ?? []
    }

    /// Gathers names by field, each once, in the order in which they come.
    struct Names {
        private(set) var byField: [MetadataField: [String]] = [:]

        mutating func add(_ name: String, to fields: [MetadataField]) {
            for field in fields { byField[field, default: []].append(name) }
        }
    }
}
