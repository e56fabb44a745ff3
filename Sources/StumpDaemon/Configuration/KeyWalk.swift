// SPDX-License-Identifier: MIT

/// The walk of ``KeyLocator`` over the scalars of a document.
struct KeyWalk {
    private(set) var positions: [[KeyStep]: TextPosition] = [:]

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var here = TextPosition(line: 1, column: 1)

    /// How many tables each `[[name]]` has so far.
    private var tableCounts: [[KeyStep]: Int] = [:]

    private static let bareKeyEnds = Set<Unicode.Scalar>(".=]}, \t\r\n#\"'".unicodeScalars)
    private static let plainValueEnds = Set<Unicode.Scalar>(",]}#\n".unicodeScalars)

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { index = 1 }
    }

    mutating func document() {
        var table: [KeyStep] = []
        while true {
            skipBlank(acrossLines: true)
            guard let next = peek() else { return }
            if next == "[" { table = header() } else { keyAndValue(in: table) }
        }
    }

    // MARK: Keys

    private mutating func header() -> [KeyStep] {
        advance()
        let isArray = skip("[")
        let names = key()
        var path: [KeyStep] = []
        for (name, position) in names {
            // A header that goes through `[[name]]` means the last table of that name.
            if let count = tableCounts[path] { path.append(.index(count - 1)) }
            path.append(.key(name))
            note(path, at: position)
        }
        if isArray, let last = names.last {
            let count = tableCounts[path, default: 0]
            tableCounts[path] = count + 1
            path.append(.index(count))
            note(path, at: last.position)
        }
        while skip("]") {}
        return path
    }

    private mutating func keyAndValue(in table: [KeyStep]) {
        let start = index
        var path = table
        for (name, position) in key() {
            path.append(.key(name))
            note(path, at: position)
        }
        if skip("=") { value(at: path) }
        // What is neither key nor value is stepped over, so that the walk ends on any text.
        if index == start { advance() }
    }

    /// Reads `a."b c".d` and the blanks after it.
    private mutating func key() -> [(name: String, position: TextPosition)] {
        var names: [(name: String, position: TextPosition)] = []
        repeat {
            skipBlank(acrossLines: false)
            let position = here
            let start = index
            let name = peek() == "\"" || peek() == "'" ? quoted() : bare()
            guard index > start else { return names }
            names.append((name, position))
            skipBlank(acrossLines: false)
        } while skip(".")
        return names
    }

    private mutating func bare() -> String {
        var name = ""
        while let next = peek(), !KeyWalk.bareKeyEnds.contains(next) {
            name.unicodeScalars.append(next)
            advance()
        }
        return name
    }

    /// Keeps where a key was written first: a table that is opened twice is refused where it begins.
    private mutating func note(_ path: [KeyStep], at position: TextPosition) {
        if positions[path] == nil { positions[path] = position }
    }

    // MARK: Values

    private mutating func value(at path: [KeyStep]) {
        skipBlank(acrossLines: false)
        switch peek() {
        case "\"", "'": _ = quoted()
        case "[": array(at: path)
        case "{": inlineTable(at: path)
        default: while let next = peek(), !KeyWalk.plainValueEnds.contains(next) { advance() }
        }
    }

    private mutating func array(at path: [KeyStep]) {
        advance()
        var count = 0
        while true {
            skipBlank(acrossLines: true)
            guard peek() != nil, !skip("]") else { return }
            let start = index
            note(path + [.index(count)], at: here)
            value(at: path + [.index(count)])
            skipBlank(acrossLines: true)
            if skip(",") { count += 1 } else if index == start { advance() }
        }
    }

    private mutating func inlineTable(at path: [KeyStep]) {
        advance()
        while true {
            skipBlank(acrossLines: true)
            guard peek() != nil, !skip("}") else { return }
            keyAndValue(in: path)
            skipBlank(acrossLines: true)
            _ = skip(",")
        }
    }

    /// Reads a string of any of the four kinds.
    private mutating func quoted() -> String {
        guard let quote = peek() else { return "" }
        advance()
        var isMultiline = false
        if peek() == quote {
            advance()
            // Two quotes and no third are the empty string.
            guard skip(quote) else { return "" }
            isMultiline = true
        }
        var text = ""
        while let next = peek() {
            advance()
            if next == quote, !isMultiline || endsMultiline(quote) { break }
            if next == "\\", quote == "\"" {
                escape(into: &text)
            } else {
                text.unicodeScalars.append(next)
            }
        }
        return text
    }

    /// Whether the quote just read and the two after it end the string; up to two quotes may stand before those.
    private mutating func endsMultiline(_ quote: Unicode.Scalar) -> Bool {
        guard peek() == quote, peek(1) == quote, peek(2) != quote else { return false }
        advance()
        advance()
        return true
    }

    private mutating func escape(into text: inout String) {
        guard let letter = peek() else { return }
        advance()
        switch letter {
        case "b": text.unicodeScalars.append("\u{8}")
        case "t": text.unicodeScalars.append("\t")
        case "n": text.unicodeScalars.append("\n")
        case "f": text.unicodeScalars.append("\u{C}")
        case "r": text.unicodeScalars.append("\r")
        case "u": hexadecimal(digits: 4, into: &text)
        case "U": hexadecimal(digits: 8, into: &text)
        default: text.unicodeScalars.append(letter)
        }
    }

    private mutating func hexadecimal(digits: Int, into text: inout String) {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let next = peek(), let digit = Character(next).hexDigitValue else { return }
            value = value << 4 | UInt32(digit)
            advance()
        }
        if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
    }

    // MARK: Scalars

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        index + distance < scalars.count ? scalars[index + distance] : nil
    }

    private mutating func advance() {
        guard let scalar = peek() else { return }
        index += 1
        here = scalar == "\n" ? TextPosition(line: here.line + 1, column: 1) : here.shifted
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        advance()
        return true
    }

    private mutating func skipBlank(acrossLines: Bool) {
        while let next = peek() {
            switch next {
            case " ", "\t", "\r": advance()
            case "\n" where acrossLines: advance()
            case "#" where acrossLines: while let next = peek(), next != "\n" { advance() }
            default: return
            }
        }
    }
}

extension TextPosition {
    fileprivate var shifted: TextPosition { TextPosition(line: line, column: column + 1) }
}
