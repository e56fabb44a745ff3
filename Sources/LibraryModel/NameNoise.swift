// SPDX-License-Identifier: MIT

/// The words by which scanners, shops and scene groups describe a file, and which say nothing of the book.
enum NameNoise {
    /// Whether a word is of this kind wherever it stands behind the number or at the end of a name.
    static func isNoise(_ word: String) -> Bool {
        always.contains(word.lowercased())
    }

    /// Whether a word is of this kind at the end of a scene release's name, where all words are.
    static func isSceneNoise(_ word: String) -> Bool {
        let folded = word.lowercased()
        // The last word brings the group along: `eBook-BitBook`.
        let first = String(folded.prefix { $0 != "-" })
        return always.contains(folded) || scene.contains(first)
    }

    private static let always: Set<String> = [
        "c2c", "ctc", "noads", "webrip", "web-rip", "rescan", "repaired", "hq", "scanlation", "scanlated", "cbr", "cbz",
        "digital-hd", "digital-sd", "hybrid",
    ]

    private static let scene: Set<String> = [
        "digital", "comic", "comics", "ebook", "retail", "proper", "repack", "internal", "hd", "web", "scan", "bd",
        "manga", "rip", "edition", "cbr", "cbz", "pdf", "epub", "magazine", "hybrid", "true", "truepdf", "hq",
    ]
}
