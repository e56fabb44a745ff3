// SPDX-License-Identifier: MIT

/// Takes a pattern apart into its signs, from its first special byte on.
struct IgnoreGlobReader {
    private let pattern: ArraySlice<UInt8>
    private var place: Int

    init(_ pattern: ArraySlice<UInt8>) {
        self.pattern = pattern
        place = pattern.startIndex
    }

    /// The next sign; `nil` at the end.
    mutating func next() throws(IgnoreDefect) -> IgnoreGlob.Sign? {
        guard let byte = take() else { return nil }
        switch byte {
        case UInt8(ascii: "*"): return stars()
        case UInt8(ascii: "?"): return .oneOf(Self.anyOfName)
        case UInt8(ascii: "["): return .oneOf(try set())
        case UInt8(ascii: "\\"):
            guard let escaped = take() else { throw .endsInBackslash }
            return .byte(escaped)
        default: return .byte(byte)
        }
    }

    private static let anyOfName = ByteSet { $0 != UInt8(ascii: "/") }

    private func peek(_ offset: Int = 0) -> UInt8? {
        place + offset < pattern.endIndex ? pattern[place + offset] : nil
    }

    private mutating func take() -> UInt8? {
        guard let byte = peek() else { return nil }
        place += 1
        return byte
    }

    /// Two or more stars go over `/` where a whole name could stand in their place, and are one star elsewhere.
    private mutating func stars() -> IgnoreGlob.Sign {
        let start = place - 1
        while peek() == UInt8(ascii: "*") { place += 1 }
        guard place - start > 1, start == pattern.startIndex || pattern[start - 1] == UInt8(ascii: "/") else {
            return .star
        }
        switch peek() {
        case nil: return .anything
        case UInt8(ascii: "/"):
            place += 1
            return .directories
        // With an escaped `/` after them they stand for one name at the least.
        case UInt8(ascii: "\\") where peek(1) == UInt8(ascii: "/"): return .anything
        default: return .star
        }
    }

    // MARK: Sets

    /// Reads `…]`: bytes, ranges and classes; a `]` that comes first is one of them.
    private mutating func set() throws(IgnoreDefect) -> ByteSet {
        var members = ByteSet()
        let isNegated = peek() == UInt8(ascii: "!") || peek() == UInt8(ascii: "^")
        if isNegated { place += 1 }
        // Where a range may begin; `nil` after a range and a class, so that a `-` there is only itself.
        var previous: UInt8?
        repeat {
            previous = try member(after: previous, into: &members)
        } while peek() != UInt8(ascii: "]")
        place += 1
        if isNegated { members.invert() }
        members.remove(UInt8(ascii: "/"))
        return members
    }

    private mutating func member(
        after previous: UInt8?,
        into members: inout ByteSet
    ) throws(IgnoreDefect) -> UInt8? {
        guard let byte = take() else { throw .openBracket }
        switch byte {
        case UInt8(ascii: "-"):
            guard let lower = previous, let next = peek(), next != UInt8(ascii: "]") else { break }
            place += 1
            let upper = next == UInt8(ascii: "\\") ? take() : next
            guard let upper else { throw .openBracket }
            if lower <= upper { for byte in lower...upper { members.insert(byte) } }
            return nil
        case UInt8(ascii: "["):
            guard peek() == UInt8(ascii: ":"), let name = try className() else { break }
            guard let known = Self.classes[name] else { throw .unknownClass(String(decoding: name, as: UTF8.self)) }
            members.formUnion(known)
            return nil
        case UInt8(ascii: "\\"):
            guard let escaped = take() else { throw .openBracket }
            members.insert(escaped)
            return escaped
        default: break
        }
        members.insert(byte)
        return byte
    }

    /// Reads `:NAME:]` if that is what is next; a `[` before anything else is only itself.
    private mutating func className() throws(IgnoreDefect) -> [UInt8]? {
        let start = place + 1
        guard let end = pattern[start...].firstIndex(of: UInt8(ascii: "]")) else { throw .openBracket }
        guard end > start, pattern[end - 1] == UInt8(ascii: ":") else { return nil }
        place = end + 1
        return Array(pattern[start..<(end - 1)])
    }

    /// The classes of ASCII as git has them, whose blanks and spaces are fewer than those of C.
    private static let classes: [[UInt8]: ByteSet] = {
        let upper = ByteSet { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        let lower = ByteSet { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        let digit = ByteSet { $0.isASCIIDigit }
        let alpha = ByteSet { upper.contains($0) || lower.contains($0) }
        let space = ByteSet { Array(" \t\n\r".utf8).contains($0) }
        let graph = ByteSet { (0x21...0x7E).contains($0) }
        let classes: [String: ByteSet] = [
            "upper": upper, "lower": lower, "digit": digit, "alpha": alpha, "space": space, "graph": graph,
            "alnum": ByteSet { alpha.contains($0) || digit.contains($0) },
            "blank": ByteSet { Array(" \t".utf8).contains($0) },
            "cntrl": ByteSet { $0 < 0x20 || $0 == 0x7F },
            "print": ByteSet { (0x20...0x7E).contains($0) },
            "punct": ByteSet { graph.contains($0) && !alpha.contains($0) && !digit.contains($0) },
            "xdigit": ByteSet { digit.contains($0) || Array("abcdefABCDEF".utf8).contains($0) },
        ]
        return Dictionary(uniqueKeysWithValues: classes.map { (Array($0.utf8), $1) })
    }()
}
