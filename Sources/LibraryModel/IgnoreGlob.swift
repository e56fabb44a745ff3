// SPDX-License-Identifier: MIT

/// The part of an ignore pattern that is compared with a path, compiled.
///
/// Bytes are compared with bytes; letters are not folded. A comparison takes at most as many steps as the pattern has
/// signs times the bytes of the path, whatever the pattern: no `*a*a*a*b` keeps it busy.
struct IgnoreGlob: Hashable, Sendable {
    /// One sign of a pattern; only the last two go over a `/`.
    enum Sign: Hashable, Sendable {
        case byte(UInt8)

        /// `?` or `[…]`; never holds `/`.
        case oneOf(ByteSet)

        /// `*`: any bytes within one name.
        case star

        /// `**/`: nothing, or any names with the `/` after them.
        case directories

        /// `**` at the end, or before an escaped `/`: anything.
        case anything
    }

    /// What a path has to begin with; git compares it as it stands, and so the signs after it count as a beginning.
    private(set) var literal: [UInt8]
    private(set) var signs: [Sign] = []

    /// Compiles what is left of a line when its `!` and the `/` at its ends are taken off.
    init(_ pattern: ArraySlice<UInt8>) throws(IgnoreDefect) {
        let end = pattern.firstIndex { Self.isSpecial($0) } ?? pattern.endIndex
        literal = Array(pattern[..<end])
        var reader = IgnoreGlobReader(pattern[end...])
        while let sign = try reader.next() { signs.append(sign) }
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")
            || byte == UInt8(ascii: "\\")
    }

    /// Whether it describes the whole of a path.
    func matches(_ path: ArraySlice<UInt8>) -> Bool {
        guard path.starts(with: literal) else { return false }
        let rest = path.dropFirst(literal.count)
        if signs.isEmpty { return rest.isEmpty }
        var front = Front(rest)
        for sign in signs {
            front.pass(sign)
            if front.isEmpty { return false }
        }
        return front.isAtEnd
    }

    /// Whether it may describe any path that begins with `beginning`; may say so wrongly, never the opposite.
    func mayMatch(beginning: ArraySlice<UInt8>) -> Bool {
        guard beginning.count > literal.count else { return literal.starts(with: beginning) && !isExactly(beginning) }
        guard beginning.starts(with: literal) else { return false }
        var front = Front(beginning.dropFirst(literal.count))
        for sign in signs {
            if front.isEmpty { return false }
            // What is left of the pattern takes what is left of the path, or the sign itself takes all.
            if front.isAtEnd || sign == .directories || sign == .anything { return true }
            front.pass(sign)
        }
        return false
    }

    private func isExactly(_ text: ArraySlice<UInt8>) -> Bool { signs.isEmpty && literal.elementsEqual(text) }
}

/// The places in a path that the signs passed so far may end at.
private struct Front {
    private let text: ArraySlice<UInt8>

    /// By the count of bytes before a place; beyond `first...last` none is set.
    private var isReached: [Bool]
    private var first = 0
    private var last = 0

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        isReached = Array(repeating: false, count: text.count + 1)
        isReached[0] = true
    }

    var isEmpty: Bool { first > last }
    var isAtEnd: Bool { isReached[text.count] }

    mutating func pass(_ sign: IgnoreGlob.Sign) {
        switch sign {
        case .byte(let byte): step { $0 == byte }
        case .oneOf(let set): step { set.contains($0) }
        case .star: spread()
        case .directories: descend()
        case .anything:
            for place in first...text.count { isReached[place] = true }
            last = text.count
        }
    }

    private func byte(before place: Int) -> UInt8 { text[text.startIndex + place - 1] }

    private mutating func step(_ accepts: (UInt8) -> Bool) {
        var place = last
        if place == text.count {
            isReached[place] = false
            place -= 1
        }
        let next = place + 1
        while place >= first {
            isReached[place + 1] = isReached[place] && accepts(byte(before: place + 1))
            isReached[place] = false
            place -= 1
        }
        last = next
        while last >= first, !isReached[last] { last -= 1 }
        while first <= last, !isReached[first] { first += 1 }
    }

    private mutating func spread() {
        for place in first...text.count where !isReached[place] {
            if place > last, !isReached[place - 1] { return }
            guard isReached[place - 1], byte(before: place) != UInt8(ascii: "/") else { continue }
            isReached[place] = true
            last = max(last, place)
        }
    }

    private mutating func descend() {
        for place in first...text.count where place > first && byte(before: place) == UInt8(ascii: "/") {
            isReached[place] = true
            last = max(last, place)
        }
    }
}
