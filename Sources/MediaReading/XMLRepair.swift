// SPDX-License-Identifier: MIT

/// Makes of the XML that books have what a parser can read, without losing what stands in it.
///
/// Names of characters that HTML has and XML has not are written out; an `&` or `<` that begins nothing becomes text;
/// bytes that XML forbids become blanks. XML declarations, of which some books have two, and document types are
/// blanked out: so no entity is declared, and none can be expanded. Lines stay lines.
struct XMLRepair {
    private(set) var bytes: [UInt8] = []

    /// The first thing that was no XML, with its line.
    private(set) var flaw: String?

    /// The most attributes of one element; the document ends before one with more, for they are compared in pairs.
    static let attributeLimit = 2000

    private let source: ArraySlice<UInt8>
    private var declaresEntities = false

    /// Takes UTF-8.
    init(_ source: [UInt8]) {
        self.source = source[...]
        bytes.reserveCapacity(source.count + 64)
        var rest = source[...]
        let start = rest.firstIndex(of: UInt8(ascii: "<")) ?? rest.endIndex
        if start < rest.endIndex {
            if rest[..<start].contains(where: { !Self.isBlank($0) }) {
                note("text before the first element", at: start)
            }
            blank(rest[..<start])
            rest = rest[start...]
        }
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: "<"): takeMarkup(&rest)
            case UInt8(ascii: "&"): takeReference(&rest)
            default: takeText(&rest)
            }
        }
    }

    private mutating func note(_ words: String, at index: Int) {
        guard flaw == nil else { return }
        let line = source[..<index].count { $0 == UInt8(ascii: "\n") } + 1
        flaw = "\(words), line \(line)"
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private mutating func blank(_ part: ArraySlice<UInt8>) {
        for byte in part { bytes.append(Self.isBlank(byte) ? byte : 0x20) }
    }

    /// Copies what is neither markup nor a reference.
    private mutating func takeText(_ rest: inout ArraySlice<UInt8>) {
        let end = rest.firstIndex { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") } ?? rest.endIndex
        copy(rest[..<end])
        rest = rest[end...]
    }

    private mutating func copy(_ part: ArraySlice<UInt8>) {
        guard let first = part.firstIndex(where: { $0 < 0x20 && !Self.isBlank($0) }) else {
            bytes += part
            return
        }
        note("a control character", at: first)
        for byte in part { bytes.append(byte < 0x20 && !Self.isBlank(byte) ? 0x20 : byte) }
    }

    private mutating func takeMarkup(_ rest: inout ArraySlice<UInt8>) {
        let next = rest.dropFirst().first ?? 0
        if rest.has("<![CDATA[") {
            takeSection(&rest, until: "]]>")
        } else if rest.has("<!--") {
            takeSection(&rest, until: "-->")
        } else if rest.prefix(9).elementsEqual("<!DOCTYPE".utf8, by: { $0 == $1 || $0 == $1 | 0x20 }) {
            takeDocumentType(&rest)
        } else if rest.has("<?xml"), let blank = rest.dropFirst(5).first, Self.isBlank(blank) {
            let end = rest.firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? rest.endIndex
            self.blank(rest[..<end])
            rest = rest[end...]
        } else if next >= 0x80 || Self.isLetter(next) || next == UInt8(ascii: "_") || next == UInt8(ascii: "/")
            || next == UInt8(ascii: "!") || next == UInt8(ascii: "?")
        {
            takeTag(&rest)
        } else {
            note("a “<” that begins no element", at: rest.startIndex)
            bytes += "&lt;".utf8
            rest = rest.dropFirst()
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// A comment, or text in which nothing is markup; the missing end of one that was cut is put there.
    private mutating func takeSection(_ rest: inout ArraySlice<UInt8>, until end: String) {
        let terminator = Array(end.utf8)
        var index = rest.startIndex + 4
        while index < rest.endIndex, !rest[index...].starts(with: terminator) { index += 1 }
        let stop = min(index + terminator.count, rest.endIndex)
        copy(rest[..<stop])
        if index >= rest.endIndex {
            note("a section without an end", at: rest.startIndex)
            bytes += terminator
        }
        rest = rest[stop...]
    }

    /// Blanks out a document type with what is declared in it.
    private mutating func takeDocumentType(_ rest: inout ArraySlice<UInt8>) {
        var quote: UInt8?
        var depth = 0
        var index = rest.startIndex
        scan: while index < rest.endIndex {
            let byte = rest[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if quote == nil { quote = byte } else if quote == byte { quote = nil }
            case UInt8(ascii: "[") where quote == nil:
                depth += 1
                declaresEntities = true
            case UInt8(ascii: "]") where quote == nil: depth -= 1
            case UInt8(ascii: ">") where quote == nil && depth <= 0: break scan
            default: break
            }
            index += 1
        }
        let end = min(index + 1, rest.endIndex)
        blank(rest[..<end])
        rest = rest[end...]
    }

    private mutating func takeTag(_ rest: inout ArraySlice<UInt8>) {
        let start = bytes.count
        var quote: UInt8?
        var attributes = 0
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: "&"):
                takeReference(&rest)
                continue
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if quote == nil { quote = byte } else if quote == byte { quote = nil }
            case UInt8(ascii: "=") where quote == nil: attributes += 1
            default: break
            }
            if attributes > Self.attributeLimit {
                note("an element of more than \(Self.attributeLimit) attributes", at: rest.startIndex)
                bytes.removeSubrange(start...)
                rest = []
                return
            }
            bytes.append(byte < 0x20 && !Self.isBlank(byte) ? 0x20 : byte)
            rest = rest.dropFirst()
            if byte == UInt8(ascii: ">"), quote == nil { return }
            if byte == UInt8(ascii: "="), quote == nil { takeBareValue(&rest) }
        }
    }

    /// Puts an attribute's value in quotation marks where it has none, as in HTML.
    private mutating func takeBareValue(_ rest: inout ArraySlice<UInt8>) {
        var value = rest.prefix { !Self.isBlank($0) && !"\"'<>&=".utf8.contains($0) }
        // The slash of an empty element is no part of it.
        if value.last == UInt8(ascii: "/"), rest.dropFirst(value.count).first == UInt8(ascii: ">") {
            value.removeLast()
        }
        guard !value.isEmpty else { return }
        note("an attribute without quotation marks", at: rest.startIndex)
        bytes.append(UInt8(ascii: "\""))
        copy(value)
        bytes.append(UInt8(ascii: "\""))
        rest = rest.dropFirst(value.count)
    }

    /// Handles `&` and what it begins: a reference that XML knows, one of HTML's, one that is not expanded, or nothing.
    private mutating func takeReference(_ rest: inout ArraySlice<UInt8>) {
        let behind = rest.dropFirst()
        let name = behind.prefix(32).prefix {
            Self.isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "#")
        }
        guard !name.isEmpty, behind.dropFirst(name.count).first == UInt8(ascii: ";") else {
            note("an “&” that begins no reference", at: rest.startIndex)
            bytes += "&amp;".utf8
            rest = behind
            return
        }
        let word = String(decoding: name, as: UTF8.self)
        let reference = rest.prefix(name.count + 2)
        if ["amp", "lt", "gt", "quot", "apos"].contains(word) {
            bytes += reference
        } else if let character = EntityName.character(word[...]) {
            take(character, for: reference)
        } else if declaresEntities || name.first == UInt8(ascii: "#") {
            note("“&\(word);”, which is not expanded", at: rest.startIndex)
        } else {
            note("“&\(word);”, which is not declared", at: rest.startIndex)
            bytes += "&amp;".utf8 + reference.dropFirst()
        }
        rest = rest.dropFirst(reference.count)
    }

    private mutating func take(_ character: String, for reference: ArraySlice<UInt8>) {
        if reference.dropFirst().first != UInt8(ascii: "#") {
            note("“\(String(decoding: reference, as: UTF8.self))”, which is not declared", at: reference.startIndex)
        }
        // What XML has a meaning for, and white space in an attribute, must stay a number.
        let isPlain = character.utf8.first.map { $0 > 0x20 && !"<>&\"'".utf8.contains($0) } ?? false
        bytes += isPlain ? Array(character.utf8) : Array(reference)
    }
}
