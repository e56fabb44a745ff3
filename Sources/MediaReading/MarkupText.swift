// SPDX-License-Identifier: MIT

/// Makes plain text of the HTML that publishers put in descriptions.
enum MarkupText {
    private static let entities: [Substring: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "mdash": "—", "ndash": "–",
        "hellip": "…", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”",
    ]

    /// The text without tags, paragraphs on lines of their own.
    static func plain(_ markup: String) -> String {
        guard markup.contains("<") || markup.contains("&") else { return markup }
        let text = decodingEntities(removingTags(markup))
        let lines = text.split(whereSeparator: \.isNewline)
            .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        return lines.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func removingTags(_ markup: String) -> String {
        var text = ""
        var rest = markup[...]
        while let open = rest.firstIndex(of: "<") {
            text += rest[..<open]
            let tag = rest[rest.index(after: open)...]
            // A lone `<`, as in `1 < 2`, is text.
            guard let first = tag.first, first.isLetter || first == "/" || first == "!",
                let close = tag.firstIndex(of: ">")
            else {
                text += "<"
                rest = tag
                continue
            }
            let name = tag[..<close].drop { $0 == "/" }.prefix { $0.isLetter }.lowercased()
            if ["p", "br", "div", "li", "ul", "ol", "h"].contains(name) { text += "\n" }
            rest = tag[tag.index(after: close)...]
        }
        return text + rest
    }

    private static func decodingEntities(_ markup: String) -> String {
        var text = ""
        var rest = markup[...]
        while let start = rest.firstIndex(of: "&") {
            text += rest[..<start]
            let behind = rest[rest.index(after: start)...]
            let name = behind.prefix(10).prefix { $0 != ";" }
            if name.endIndex < behind.endIndex, behind[name.endIndex] == ";", let decoded = decoded(name) {
                text += decoded
                rest = behind[behind.index(after: name.endIndex)...]
            } else {
                text += "&"
                rest = behind
            }
        }
        return text + rest
    }

    private static func decoded(_ name: Substring) -> String? {
        guard name.first == "#" else { return entities[name] }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return value.flatMap { Unicode.Scalar($0) }.map { String($0) }
    }
}
