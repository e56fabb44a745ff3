// SPDX-License-Identifier: MIT

/// The text of a book's or a folder's name with its spelling evened out, so that the rules meet one form of everything.
///
/// Full-width letters and brackets become ASCII, marks that cannot be seen go, and whatever a name without spaces has
/// instead of them (`_`, `.`, `+`, `%20`, `-`) becomes a space. Every step is one pass over the text.
struct NameText: Sendable {
    let scalars: [Unicode.Scalar]

    /// Whether dots stood for spaces, as in the names of scene releases, which end in a list of bare words.
    let isDotted: Bool

    init(_ name: String) {
        var scalars = NameText.evened(name)
        let isOneWord = !scalars.contains(" ")
        isDotted = isOneWord && scalars.indices.contains { NameText.isDotForSpace(scalars, at: $0) }
        if isDotted {
            scalars = scalars.indices.map { NameText.isDotForSpace(scalars, at: $0) ? " " : scalars[$0] }
        } else if isOneWord, scalars.contains("+") {
            scalars = scalars.map { $0 == "+" ? " " : $0 }
        } else if isOneWord, NameText.isSlug(scalars) {
            scalars = scalars.indices.map { NameText.isHyphenForSpace(scalars, at: $0) ? " " : scalars[$0] }
        }
        self.scalars = scalars
    }

    func string(_ range: Range<Int>) -> String { String(scalars: scalars[range]) }

    /// One scalar for one, without control and format characters, and `_` and `%20` as spaces.
    private static func evened(_ name: String) -> [Unicode.Scalar] {
        let spaced = name.contains("%20") && !name.contains(" ") ? withoutPercents(name) : name
        return spaced.unicodeScalars.compactMap { scalar in
            if let other = replacements[scalar] { return other }
            switch scalar.properties.generalCategory {
            case .format: return nil
            case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator: return " "
            default: break
            }
            // The full-width forms stand in the order of ASCII.
            return (0xFF01...0xFF5E).contains(scalar.value) ? Unicode.Scalar(scalar.value - 0xFEE0) : scalar
        }
    }

    private static let replacements: [Unicode.Scalar: Unicode.Scalar] = [
        "_": " ", "【": "[", "】": "]", "〔": "[", "〕": "]", "〈": "[", "〉": "]", "\u{2010}": "-", "\u{2011}": "-",
        "\u{2012}": "–", "\u{2014}": "–", "\u{2015}": "–", "\u{2212}": "-", "〜": "~", "\u{2019}": "'", "\u{FE0F}": " ",
    ]

    /// Decodes `%` and two hexadecimal digits, as a browser leaves them in the name of a download.
    private static func withoutPercents(_ name: String) -> String {
        let bytes = Array(name.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Not the point of `1.5`, nor the dots of `S.H.I.E.L.D`.
    private static func isDotForSpace(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        guard scalars[index] == "." else { return false }
        func scalar(_ offset: Int) -> Unicode.Scalar? {
            scalars.indices.contains(index + offset) ? scalars[index + offset] : nil
        }
        if let before = scalar(-1), let after = scalar(1), before.isDigit, after.isDigit {
            return scalar(2)?.isDigit ?? false
        }
        let standsAlone = { (offset: Int) in
            (scalar(offset)?.isLetter ?? false) && !(scalar(offset * 2)?.isLetter ?? false)
        }
        return !(standsAlone(-1) && standsAlone(1))
    }

    /// Whether hyphens stand for spaces, as in `the-walking-dead-001`; a capital tells of a name such as `X-Men`.
    private static func isSlug(_ scalars: [Unicode.Scalar]) -> Bool {
        !scalars.contains { $0.properties.isUppercase }
            && scalars.indices.lazy.filter { isHyphenForSpace(scalars, at: $0) }.prefix(2).count == 2
    }

    /// Not the hyphen of `001-008`.
    private static func isHyphenForSpace(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        guard scalars[index] == "-", index > 0, index + 1 < scalars.count else { return false }
        return !(scalars[index - 1].isDigit && scalars[index + 1].isDigit)
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { value >= 0x30 && value <= 0x39 }

    var isLetter: Bool { properties.isAlphabetic }

    var isHyphen: Bool { self == "-" || self == "–" }

    /// Of the scripts that are written without spaces between words and numbers.
    var isEastAsian: Bool {
        switch value {
        case 0x3005...0x3007, 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF,
            0x20000...0x3FFFF:
            true
        default: false
        }
    }
}
