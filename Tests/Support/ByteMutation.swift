// SPDX-License-Identifier: MIT

/// Damages the bytes of a file at random, as disks, careless programs and people of ill will do.
///
/// The same generator does the same damage. A step lets a file grow by no more than ``growth`` bytes.
package struct ByteMutation {
    private static let growth = 1 << 16

    private var random: SplitMix

    package init(_ random: SplitMix) {
        self.random = random
    }

    /// The bytes after some steps of damage, mostly few; a step may take parts of `other`.
    package mutating func damage(_ bytes: [UInt8], with other: [UInt8]) -> [UInt8] {
        var damaged = bytes
        let steps = Bool.random(using: &random) ? 1 : Int.random(in: 1...8, using: &random)
        for _ in 0..<steps { step(&damaged, other) }
        return damaged
    }

    private mutating func step(_ bytes: inout [UInt8], _ other: [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = token()
            return
        }
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0...2: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 3...4: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF].randomElement(using: &random) ?? 0
        case 5: bytes.removeLast(bytes.count - place)
        case 6: bytes.removeSubrange(block(in: bytes))
        case 7: duplicate(block(in: bytes), &bytes)
        case 8: swap(&bytes)
        case 9: splice(&bytes, other)
        case 10: bytes.insert(contentsOf: token(), at: place)
        case 11: overwrite(&bytes, at: place, token())
        case 12: nest(&bytes, at: place)
        case 13: overwrite(&bytes, at: place, number(extreme()))
        case 14...15: editLength(&bytes)
        case 16: editDigits(&bytes, from: place)
        case 17...18: editHeader(&bytes, from: place)
        default:
            for index in block(in: bytes).prefix(64) { bytes[index] = UInt8.random(in: 0...255, using: &random) }
        }
    }

    /// A piece of the bytes, mostly a short one.
    private mutating func block(in bytes: [UInt8]) -> Range<Int> {
        let start = Int.random(in: bytes.indices, using: &random)
        let longest = [4, 32, 512, bytes.count].randomElement(using: &random) ?? 4
        return start..<min(bytes.count, start + Int.random(in: 1...longest, using: &random))
    }

    private mutating func duplicate(_ block: Range<Int>, _ bytes: inout [UInt8]) {
        let copies = min(Int.random(in: 1...64, using: &random), Self.growth / block.count)
        bytes.insert(contentsOf: Self.many(Array(bytes[block]), copies), at: block.upperBound)
    }

    private mutating func swap(_ bytes: inout [UInt8]) {
        let blocks = [block(in: bytes), block(in: bytes)].sorted { $0.lowerBound < $1.lowerBound }
        guard !blocks[0].overlaps(blocks[1]) else { return }
        let first = Array(bytes[blocks[0]])
        let second = Array(bytes[blocks[1]])
        bytes.replaceSubrange(blocks[1], with: first)
        bytes.replaceSubrange(blocks[0], with: second)
    }

    /// The beginning of one and the end of the other, or a piece of the other in the middle.
    private mutating func splice(_ bytes: inout [UInt8], _ other: [UInt8]) {
        guard !other.isEmpty else { return }
        let place = Int.random(in: bytes.indices, using: &random)
        if Bool.random(using: &random) {
            let start = Int.random(in: other.indices, using: &random)
            bytes.replaceSubrange(place..., with: other[start...].prefix(Self.growth))
        } else {
            bytes.insert(contentsOf: other[block(in: other)].prefix(Self.growth), at: place)
        }
    }

    private mutating func overwrite(_ bytes: inout [UInt8], at place: Int, _ new: [UInt8]) {
        bytes.replaceSubrange(place..<min(bytes.count, place + new.count), with: new)
    }

    /// One token many times, which is how documents are nested deeper than a stack.
    private mutating func nest(_ bytes: inout [UInt8], at place: Int) {
        let token = token()
        let times = min(Int.random(in: 2...20_000, using: &random), Self.growth / token.count)
        bytes.insert(contentsOf: Self.many(token, times), at: place)
    }

    private static func many(_ bytes: [UInt8], _ times: Int) -> [UInt8] {
        var many: [UInt8] = []
        for _ in 0..<times { many += bytes }
        return many
    }

    private mutating func token() -> [UInt8] { Self.tokens.randomElement(using: &random) ?? [0] }

    private mutating func extreme() -> UInt64 {
        let power = UInt64(1) << UInt64.random(in: 0..<64, using: &random)
        return [0, 1, power, power &- 1, power &+ 1, .max, UInt64(bitPattern: -2)].randomElement(using: &random) ?? 0
    }

    /// The lowest bytes of a number, 1, 2, 4 or 8 of them, in either order.
    private mutating func number(_ value: UInt64) -> [UInt8] {
        let bytes = Array([UInt8].little(value).prefix([1, 2, 4, 8].randomElement(using: &random) ?? 4))
        return Bool.random(using: &random) ? bytes : bytes.reversed()
    }

    /// Changes what looks like a length or an offset: a number that lies within the file.
    private mutating func editLength(_ bytes: inout [UInt8]) {
        guard bytes.count >= 4 else { return }
        let isLittle = Bool.random(using: &random)
        let width = Bool.random(using: &random) ? 4 : 2
        for _ in 0..<32 {
            let place = Int.random(in: 0...(bytes.count - width), using: &random)
            let field = bytes[place..<(place + width)]
            let value = (isLittle ? Array(field.reversed()) : Array(field)).reduce(0) { $0 << 8 | Int($1) }
            guard (1...bytes.count).contains(value) else { continue }
            let new =
                [value - 1, value + 1, value * 2, value / 2, bytes.count, bytes.count - place, 0, place, .max]
                .randomElement(using: &random) ?? 0
            let little = [UInt8].little(new).prefix(width)
            bytes.replaceSubrange(place..<(place + width), with: isLittle ? Array(little) : little.reversed())
            return
        }
    }

    /// Changes a number close behind the next mark of a header, where sizes are written.
    private mutating func editHeader(_ bytes: inout [UInt8], from place: Int) {
        let start = Bool.random(using: &random) ? place : 0
        for index in bytes.indices.dropFirst(start) {
            guard let mark = Self.marks[bytes[index]]?.first(where: { bytes[index...].starts(with: $0) }) else {
                continue
            }
            let target = index + mark.count + Int.random(in: 0..<16, using: &random)
            if target < bytes.count { overwrite(&bytes, at: target, number(extreme())) }
            return
        }
    }

    /// Changes the next number that is written in digits.
    private mutating func editDigits(_ bytes: inout [UInt8], from place: Int) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let start = bytes[place...].firstIndex(where: digits.contains) else { return }
        let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
        let words = ["0", "-1", "9223372036854775808", "99999999999999999999999", "1e400", "-0.0", "nan", "4294967296"]
        bytes.replaceSubrange(start..<end, with: Array((words.randomElement(using: &random) ?? "0").utf8))
    }

    /// Words of the formats, at which their readers turn.
    private static let tokens: [[UInt8]] =
        [
            "PK\u{3}\u{4}", "PK\u{1}\u{2}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", "PK\u{7}\u{8}",
            "Rar!\u{1A}\u{7}\u{0}", "Rar!\u{1A}\u{7}\u{1}\u{0}", "ustar", "mimetypeapplication/epub+zip",
            "IHDR", "PLTE", "tRNS", "IDAT", "IEND", "iCCP", "sBIT", "gAMA", "acTL", "fcTL", "zTXt", "eXIf",
            "RIFF", "WEBP", "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP", "ftypavif", "ftypheic", "GIF89a",
            "<", "<a>", "</", "/>", "<!--", "<![CDATA[", "]]>", "&#0;", "&#x110000;", "&lt;", "&x;", "\u{0}",
            "\u{FEFF}",
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?>", "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\">]>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>", "<Pages>",
            "<Page Image=\"-1\" Type=\"FrontCover\"/>",
            "<Series>", "<Number>", "<Year>", "xmlns:opf=\"", "<meta refines=\"#id\" ", "properties=\"cover-image\"",
            "<itemref idref=\"c1\"/>", "../", "/", "\\", "%00", "%2e%2e%2f", "ComicInfo.xml", "__MACOSX/",
            "{", "[", "\"", "\\u0000", "\\ud800", "1e999", "ComicBookInfo/1.0", "%PDF-1.7", "xref", "trailer", "stream",
            "endobj", "/FlateDecode", "/Length 99999999999", "<</Kids[1 0 R]>>", "1 0 obj", "startxref",
        ].map { Array($0.utf8) } + [
            [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], [0x1F, 0x8B, 8], [0x28, 0xB5, 0x2F, 0xFD],
            [0xFD, 0x37, 0x7A, 0x58, 0x5A],
            [0xFF, 0xD8, 0xFF], [0xFF, 0xC0], [0xFF, 0xC2], [0xFF, 0xC4], [0xFF, 0xC9], [0xFF, 0xDA], [0xFF, 0xDB],
            [0xFF, 0xDD], [0xFF, 0xD9], [0xFF, 0xE1], [0xFF, 0xEE], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0x82, 0xA0],
        ]

    /// Behind what sizes are written, by its first byte.
    private static let marks = Dictionary(
        grouping: ["IHDR", "VP8 ", "VP8L", "VP8X", "PK\u{3}\u{4}", "PK\u{1}\u{2}", "PK\u{5}\u{6}"].map {
            Array($0.utf8)
        }
            + [[0xFF, 0xC0], [0xFF, 0xC2], [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]]
    ) { $0[0] }
}
