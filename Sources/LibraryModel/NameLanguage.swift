// SPDX-License-Identifier: MIT

/// The languages that names of books tell of, in brackets or at the end of a scene release.
enum NameLanguage {
    /// The BCP 47 tag of what a word names: `English`, `Français`, `ger`, `DE`, `pt-BR`; `nil` for any other word.
    static func tag(_ word: String) -> String? {
        let folded = word.lowercased()
        if let tag = names[folded] { return tag }
        // A code of two letters is a word of some language as well.
        if word.count == 2 { return word == word.uppercased() || !words.contains(folded) ? codes[folded] : nil }
        let parts = folded.split(separator: "-")
        guard word.count == 5, parts.count == 2, parts[0].count == 2, let code = codes[String(parts[0])] else {
            return nil
        }
        return code.prefix(2) == parts[0] ? "\(parts[0])-\(parts[1].uppercased())" : nil
    }

    /// Whether a word is a language's name in full, which needs no brackets to be told from others.
    static func isName(_ word: String) -> Bool { word.count > 4 && names[word.lowercased()] != nil }

    private static let words: Set<String> = ["no", "it", "el"]

    private static let codes: [String: String] = {
        var codes = Dictionary(
            uniqueKeysWithValues: [
                "en", "fr", "de", "es", "it", "pt", "nl", "ja", "ko", "zh", "ru", "pl", "sv", "da", "no", "fi", "cs",
                "hu", "tr", "ar", "el", "ro", "bg", "uk", "ca", "sr", "hr", "sk", "vi", "th",
            ].map { ($0, $0) }
        )
        for (code, tag) in [("jp", "ja"), ("kr", "ko"), ("cn", "zh"), ("br", "pt-BR"), ("cz", "cs"), ("gr", "el")] {
            codes[code] = tag
        }
        return codes
    }()

    private static let names: [String: String] = {
        let lists = [
            "en english eng anglais englisch", "fr french fre fra francais français vf", "de german ger deu deutsch",
            "es spanish spa esp español espanol castellano", "it italian ita italiano",
            "pt portuguese por português portugues", "pt-BR brazilian", "nl dutch nld nederlands",
            "ja japanese jpn 日本語 japonais", "ko korean kor 한국어", "zh chinese zho 中文 汉化 中国翻訳 中国語 繁體中文 简体中文",
            "ru russian rus русский", "pl polish pol polski", "sv swedish swe svenska", "da danish dansk",
            "no norwegian nor norsk", "fi finnish suomi", "cs czech cze ces čeština", "hu hungarian hun magyar",
            "tr turkish tur türkçe", "ar arabic العربية", "el greek gre ell ελληνικά", "ca catalan cat català",
            "vi vietnamese", "th thai", "id indonesian", "uk ukrainian ukr", "ro romanian",
        ]
        var names: [String: String] = [:]
        for list in lists {
            let words = list.split(separator: " ")
            for word in words.dropFirst() { names[String(word)] = String(words[0]) }
        }
        return names
    }()
}
