// SPDX-License-Identifier: MIT

/// The addresses in a text, which are separated by blanks, commas or semicolons.
///
/// Only those of the web: what people click on in a catalog must not be a `javascript:` of some stranger's.
enum WebLinks {
    private static let limit = 100

    static func links(in text: String) -> [String] {
        let words = text.prefix(100_000).split { $0.isWhitespace || $0 == "<" || $0 == ">" || $0 == "\"" }
        return Array(NameList.distinct(words.lazy.flatMap(parts).compactMap(link)).prefix(limit))
    }

    /// Addresses may contain commas and semicolons; what follows one is another address only if it begins like one.
    private static func parts(of word: Substring) -> [Substring] {
        var parts: [Substring] = []
        var start = word.startIndex
        var index = word.startIndex
        while index < word.endIndex {
            let next = word.index(after: index)
            let rest = word[next...]
            if word[index] == "," || word[index] == ";", ["http", "www.", "HTTP"].contains(where: rest.hasPrefix) {
                parts.append(word[start..<index])
                start = next
            }
            index = next
        }
        return parts + [word[start...]]
    }

    private static func link(_ word: Substring) -> String? {
        var word = word.drop { ",;".contains($0) }
        while let last = word.last, ",;".contains(last) { word.removeLast() }
        let scheme = word.lowercased().prefix(8)
        if scheme.hasPrefix("http://") || scheme.hasPrefix("https://") {
            return word.utf8.count > 10 ? String(word) : nil
        }
        return scheme.hasPrefix("www.") && word.utf8.count > 6 ? "https://\(word)" : nil
    }
}
