// SPDX-License-Identifier: MIT
import Glibc

/// The text of a document in UTF-8, whatever it was written in.
///
/// What is written decides, not what is declared: many programs save UTF-8 and say UTF-16, or say UTF-8 and save what
/// Windows uses. A byte order mark or its pattern comes first, then whether the bytes are UTF-8, then the declaration,
/// and what is left is read as UTF-8 with Windows-1252 in between.
struct DocumentText {
    /// Valid UTF-8 without a byte order mark.
    let bytes: [UInt8]

    /// Why the text may be wrong in places; `nil` where every byte was understood.
    let flaw: String?

    /// Opens converters that a worker may want: in the sandbox none can be loaded.
    static func prepare() {
        // Never closed: an open converter keeps its module in memory.
        for name in ["WINDOWS-1250", "ISO-8859-2", "KOI8-R"] { _ = iconv_open("UTF-8", name) }
    }

    init(_ bytes: [UInt8]) {
        let marked = Self.withoutMark(bytes[...])
        if let text = Self.wide(bytes) {
            self.bytes = Array(text.utf8)
            flaw = nil
        } else if Self.isUTF8(marked), !Self.isSevenBit(marked) {
            self.bytes = Array(marked)
            flaw = nil
        } else if let name = Self.declaration(of: marked).flatMap(Self.converter),
            let text = Self.converted(marked, from: name)
        {
            self.bytes = text.bytes
            flaw = text.isWhole ? nil : "it has bytes that are not \(name)"
        } else {
            self.bytes = Self.mended(marked)
            flaw = "it has bytes that are not UTF-8"
        }
    }

    private static func withoutMark(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes
        // Some programs put one before text that has one.
        while rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        return rest
    }

    private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
    }

    /// UTF-32 and UTF-16, by their marks or by the zeros that the first two letters have in UTF-16.
    private static func wide(_ bytes: [UInt8]) -> String? {
        let zeros = bytes.prefix(4).map { $0 == 0 }
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return wide(bytes.dropFirst(4), UTF32.self, isBig: false) }
        if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return wide(bytes.dropFirst(4), UTF32.self, isBig: true) }
        if bytes.starts(with: [0xFF, 0xFE]) { return wide(bytes.dropFirst(2), UTF16.self, isBig: false) }
        if bytes.starts(with: [0xFE, 0xFF]) { return wide(bytes.dropFirst(2), UTF16.self, isBig: true) }
        if zeros == [false, true, false, true] { return wide(bytes[...], UTF16.self, isBig: false) }
        if zeros == [true, false, true, false] { return wide(bytes[...], UTF16.self, isBig: true) }
        return nil
    }

    private static func wide<Encoding: Unicode.Encoding>(
        _ bytes: ArraySlice<UInt8>,
        _ encoding: Encoding.Type,
        isBig: Bool
    ) -> String where Encoding.CodeUnit: FixedWidthInteger {
        let width = Encoding.CodeUnit.bitWidth / 8
        let units = stride(from: bytes.startIndex, through: bytes.endIndex - width, by: width).map { start in
            let unit = bytes[start..<(start + width)]
            return (isBig ? Array(unit) : unit.reversed()).reduce(Encoding.CodeUnit.zero) {
                $0 << 8 | Encoding.CodeUnit($1)
            }
        }
        return String(decoding: units, as: encoding)
    }

    /// What an XML declaration says, in upper case.
    private static func declaration(of bytes: ArraySlice<UInt8>) -> String? {
        let head = String(decoding: bytes.prefix(256), as: UTF8.self).uppercased()
        guard let start = head.firstRange(of: "<?XML"), let end = head[start.upperBound...].firstRange(of: "?>"),
            let name = head[start.upperBound..<end.lowerBound].firstRange(of: "ENCODING")
        else { return nil }
        let rest = head[name.upperBound..<end.lowerBound].drop {
            $0 == "=" || $0.isWhitespace || $0 == "\"" || $0 == "'"
        }
        let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_:.".contains($0)) }
        return word.isEmpty ? nil : String(word)
    }

    /// Whether text that looks like ASCII is one of East Asia's, which changes its letters with escape sequences.
    private static func isSevenBit(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.contains(0x1B) && declaration(of: bytes)?.hasPrefix("ISO-2022-") == true
    }

    /// The converter for a declared encoding, among kin the one that is loaded; `nil` where the declaration is false.
    private static func converter(_ name: String) -> String? {
        switch name.filter({ $0 != "-" && $0 != "_" }) {
        case "UTF8", "UTF16", "UTF16LE", "UTF16BE", "UCS2", "UNICODE", "UTF32", "USASCII", "ASCII": nil
        // Everyone who says so means Windows-1252, which has letters where Latin-1 has controls.
        case "ISO88591", "LATIN1", "CP1252", "WINDOWS1252": "WINDOWS-1252"
        case "SHIFTJIS", "XSJIS", "SJIS", "WINDOWS31J", "CP932", "MS932": "SHIFT_JIS"
        case "GB2312", "GBK", "CP936", "GB18030": "GB18030"
        case "EUCKR", "KSC56011987", "CP949", "UHC": "EUC-KR"
        case "BIG5", "BIG5HKSCS", "CP950": "BIG5"
        default: name
        }
    }

    /// `nil` where there is no such converter; what it refuses becomes U+FFFD, at most 1,000 times.
    private static func converted(_ bytes: ArraySlice<UInt8>, from name: String) -> (bytes: [UInt8], isWhole: Bool)? {
        let failed = iconv_t(bitPattern: -1)
        guard let converter = iconv_open("UTF-8", name), converter != failed else { return nil }
        defer { iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: 4096)
        var text: [UInt8] = []
        var refused = 0
        input.withUnsafeMutableBufferPointer { input in
            var next = input.baseAddress
            var left = input.count
            while left > 0, refused <= 1000 {
                let code: Int32 = output.withUnsafeMutableBufferPointer { output in
                    var place = output.baseAddress
                    var room = output.count
                    let code = iconv(converter, &next, &left, &place, &room) == -1 ? errno : 0
                    text += output[..<(output.count - room)].map { UInt8(bitPattern: $0) }
                    return code
                }
                guard code != 0, code != E2BIG, left > 0 else { continue }
                refused += 1
                text += [0xEF, 0xBF, 0xBD]
                next = next?.advanced(by: 1)
                left -= 1
            }
        }
        return (text, refused == 0)
    }

    /// Keeps what is UTF-8, and takes every other byte for Windows-1252.
    private static func mended(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        var rest = bytes
        while !rest.isEmpty {
            var decoder = UTF8()
            var iterator = rest.makeIterator()
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar):
                text += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
                rest = rest.dropFirst(UTF8.width(scalar))
            case .error:
                text += Array(String(windows(rest[rest.startIndex])).utf8)
                rest = rest.dropFirst()
            case .emptyInput: rest = []
            }
        }
        return text
    }

    private static let windowsLetters = Array(
        "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars
    )

    /// What a byte is in Windows-1252.
    static func windows(_ byte: UInt8) -> Unicode.Scalar {
        (0x80...0x9F).contains(byte) ? windowsLetters[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }
}
