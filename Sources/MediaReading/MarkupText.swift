// SPDX-License-Identifier: MIT

/// Makes plain text of the HTML that publishers put in descriptions.
enum MarkupText {
    /// The text without tags, paragraphs on lines of their own.
    static func plain(_ markup: String) -> String {
        guard markup.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }) else { return markup }
        var text = decodingEntities(removingTags(markup))
        guard text != markup else { return markup }
        // Markup that was written as text in other markup.
        if text.utf8.contains(UInt8(ascii: "<")), text.contains("</") || text.contains("<br") {
            text = decodingEntities(removingTags(text))
        }
        let lines = text.unicodeScalars.split { $0.value == 0x0A || $0.value == 0x0D || $0.value == 0x2028 }
        return lines.map { String($0).line }.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static let blocks: Set<String> = ["p", "br", "div", "li", "ul", "ol", "h", "tr", "blockquote", "hr"]

    private static func removingTags(_ markup: String) -> String {
        var text = ""
        guard markup.utf8.contains(UInt8(ascii: "<")) else { return markup }
        var rest = markup[...]
        while let open = rest.firstIndex(of: "<") {
            text += rest[..<open]
            let tag = rest[rest.index(after: open)...]
            // A lone `<`, as in `1 < 2`, is text.
            guard let first = tag.first, first.isLetter || first == "/" || first == "!" else {
                text += "<"
                rest = tag
                continue
            }
            guard let close = tag.firstIndex(of: ">") else { return text + rest[open...] }
            let name = tag[..<close].drop { $0 == "/" }.prefix { $0.isLetter }.lowercased()
            if blocks.contains(name) { text += "\n" }
            rest = tag[tag.index(after: close)...]
            if name == "style" || name == "script", first != "/", let end = rest.firstRange(of: "</\(name)") {
                rest = rest[end.lowerBound...]
            }
        }
        return text + rest
    }

    /// The text with the characters that names and numbers between `&` and `;` stand for.
    static func decodingEntities(_ markup: String) -> String {
        guard markup.utf8.contains(UInt8(ascii: "&")) else { return markup }
        var text = ""
        var rest = markup[...]
        while let start = rest.firstIndex(of: "&") {
            text += rest[..<start]
            let behind = rest[rest.index(after: start)...]
            let name = behind.prefix(10).prefix { $0 != ";" }
            if name.endIndex < behind.endIndex, behind[name.endIndex] == ";", let decoded = EntityName.character(name) {
                text += decoded
                rest = behind[behind.index(after: name.endIndex)...]
            } else {
                text += "&"
                rest = behind
            }
        }
        return text + rest
    }
}
