// SPDX-License-Identifier: MIT

/// Tells by a PDF's first and last bytes whether its end has been written.
///
/// A PDF ends with `%%EOF`, which may have other bytes behind it. One that is made for the web bears the same mark near
/// its beginning too, but says there how long it is.
struct PDFEnd {
    let isPresent: Bool

    /// How many of the last bytes the mark is looked for in.
    private static let markLength = 1024

    init(head: ArraySlice<UInt8>, tail: ArraySlice<UInt8>, size: Int) {
        let isMarked = tail.suffix(Self.markLength).firstRange(of: Array("%%EOF".utf8)) != nil
        isPresent = isMarked && Self.promisedLength(head).map { $0 <= size } ?? true
    }

    /// What the first object says of the length of a document that is linearized: `/Linearized 1 … /L 1234`.
    private static func promisedLength(_ head: ArraySlice<UInt8>) -> Int? {
        guard let dictionary = head.firstRange(of: Array("/Linearized".utf8)) else { return nil }
        let rest = head[dictionary.upperBound...]
        let words = rest.prefix(rest.firstRange(of: Array(">>".utf8)).map { $0.lowerBound - rest.startIndex } ?? 0)
        var search = words
        while let key = search.firstRange(of: Array("/L".utf8)) {
            search = search[key.upperBound...]
            let digits = search.drop { $0 <= 0x20 }.prefix { (0x30...0x39).contains($0) }
            if !digits.isEmpty { return Int(String(decoding: digits, as: UTF8.self)) }
        }
        return nil
    }
}
