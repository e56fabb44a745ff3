// SPDX-License-Identifier: MIT
import LibraryModel

extension String {
    /// Letters and digits alone, in lower case: what is the same in a name that people write in many ways.
    var folded: String {
        guard utf8.allSatisfy({ $0 < 0x80 }) else { return lowercased().filter { $0.isLetter || $0.isNumber } }
        return String(decoding: utf8.lazy.filter(\.isASCIIWord).map(\.asciiLowercased), as: UTF8.self)
    }

    /// The text on one line, with single blanks.
    var line: String {
        guard utf8.allSatisfy({ $0 < 0x80 }) else {
            return split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let words = utf8.split { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return words.count == 1 && words[0].count == utf8.count
            ? self : words.map { String($0) ?? "" }.joined(separator: " ")
    }

    /// The text's first scalars that fit into so many bytes of UTF-8.
    func beginning(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}

extension UInt8 {
    fileprivate var isASCIIWord: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
    }
}
