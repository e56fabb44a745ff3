// SPDX-License-Identifier: MIT
import LibraryModel

/// One value of a JSON document.
indirect enum JSONValue {
    case null
    case boolean(Bool)

    /// As it is written, so that `1.50` and figures of any length stay what they are.
    case number(String)
    case text(String)
    case list([JSONValue])
    case object([(name: String, value: JSONValue)])

    /// The value of the first member of this name, letter case and `_` aside.
    subscript(name: String) -> JSONValue? {
        members.first { $0.name.folded == name.folded }?.value
    }

    var members: [(name: String, value: JSONValue)] {
        guard case .object(let members) = self else { return [] }
        return members
    }

    /// A text or number as text; `nil` for everything else and where it is empty.
    var written: String? {
        switch self {
        case .text(let text): text.trimmed.nonEmpty
        case .number(let number): number
        default: nil
        }
    }

    /// The values of a list; any other value but null is a list of its own.
    var items: [JSONValue] {
        switch self {
        case .list(let items): items
        case .null: []
        default: [self]
        }
    }
}

/// A JSON document (RFC 8259) read as far as it can be read.
///
/// What programs and people do wrong is understood: a comma too many, line breaks in texts, `NaN`, words behind the
/// end. Where a document breaks off, what was read until then is kept.
struct JSONDocument {
    let root: JSONValue

    /// The first thing that was no JSON, with its line; `nil` for a good document.
    private(set) var flaw: String?

    /// How deep lists and objects may lie in each other, and how many values there may be in all.
    static let depthLimit = 64
    static let valueLimit = 100_000

    /// Throws a ``ProblemClass/metadataInvalid`` about `name` where there is no object or list.
    init(_ bytes: [UInt8], name: String) throws(Finding) {
        let text = DocumentText(bytes)
        var reader = Reader(text.bytes)
        root = reader.value(depth: 0)
        flaw = reader.flaw ?? text.flaw
        switch root {
        case .list, .object: break
        default: throw Finding(.metadataInvalid, "\(name) cannot be read: it is not JSON")
        }
    }

    /// Goes through the bytes once; at the first thing that makes no sense it stands still at the end.
    private struct Reader {
        private(set) var flaw: String?
        private let bytes: [UInt8]
        private var index = 0
        private var count = 0

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        private mutating func note(_ words: String) {
            guard flaw == nil else { return }
            flaw = "\(words), line \(bytes[..<index].count { $0 == UInt8(ascii: "\n") } + 1)"
        }

        private mutating func give(up words: String) {
            note(words)
            index = bytes.count
        }

        /// The next byte that is no blank.
        private mutating func next() -> UInt8? {
            while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
            return index < bytes.count ? bytes[index] : nil
        }

        mutating func value(depth: Int) -> JSONValue {
            count += 1
            guard depth <= depthLimit, count <= valueLimit else {
                give(up: "more than \(depthLimit) levels or \(valueLimit) values")
                return .null
            }
            switch next() {
            case UInt8(ascii: "{"): return .object(object(depth: depth))
            case UInt8(ascii: "["): return .list(list(depth: depth))
            case UInt8(ascii: "\""): return .text(string())
            case nil:
                note("the end is missing")
                return .null
            default: return word()
            }
        }

        private mutating func object(depth: Int) -> [(name: String, value: JSONValue)] {
            var members: [(name: String, value: JSONValue)] = []
            index += 1
            while let byte = next() {
                switch byte {
                case UInt8(ascii: "}"):
                    index += 1
                    return members
                case UInt8(ascii: ","): index += 1
                case UInt8(ascii: "\""):
                    let name = string()
                    guard next() == UInt8(ascii: ":") else {
                        give(up: "a name without a value")
                        return members
                    }
                    index += 1
                    members.append((name, value(depth: depth + 1)))
                default: give(up: "something that is no name")
                }
            }
            note("the end is missing")
            return members
        }

        private mutating func list(depth: Int) -> [JSONValue] {
            var items: [JSONValue] = []
            index += 1
            while let byte = next() {
                switch byte {
                case UInt8(ascii: "]"):
                    index += 1
                    return items
                case UInt8(ascii: ","): index += 1
                case UInt8(ascii: "}"), UInt8(ascii: ":"): give(up: "a list without an end")
                default: items.append(value(depth: depth + 1))
                }
            }
            note("the end is missing")
            return items
        }

        /// A number, or `true`, `false` and `null`; any other word is null.
        private mutating func word() -> JSONValue {
            let start = index
            while index < bytes.count, bytes[index] > 0x20, !",]}:\"".utf8.contains(bytes[index]) { index += 1 }
            let word = String(decoding: bytes[start..<index], as: UTF8.self)
            switch word {
            case "true", "True": return .boolean(true)
            case "false", "False": return .boolean(false)
            case "null", "None", "": break
            default:
                if Double(word)?.isFinite == true { return .number(word) }
                note("“\(String(shown: Array(word.utf8.prefix(40))))”, which is no value")
            }
            // What cannot begin a value must not be looked at for ever.
            if index == start { index += 1 }
            return .null
        }

        private mutating func string() -> String {
            index += 1
            var text: [UInt8] = []
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
                case UInt8(ascii: "\\"): text += escaped()
                default: text.append(byte)
                }
            }
            note("the end is missing")
            return String(decoding: text, as: UTF8.self)
        }

        /// What a backslash means with the letter behind it.
        private mutating func escaped() -> [UInt8] {
            guard index < bytes.count else { return [] }
            let letter = bytes[index]
            index += 1
            switch letter {
            case UInt8(ascii: "n"): return [0x0A]
            case UInt8(ascii: "t"): return [0x09]
            case UInt8(ascii: "r"): return [0x0D]
            case UInt8(ascii: "b"), UInt8(ascii: "f"): return [0x20]
            case UInt8(ascii: "u"):
                guard let high = unit() else { return [0xEF, 0xBF, 0xBD] }
                // A letter beyond U+FFFF is written as two halves.
                guard (0xD800..<0xDC00).contains(high), bytes[index...].starts(with: "\\u".utf8) else {
                    return Array(String(decoding: [high], as: UTF16.self).utf8)
                }
                index += 2
                return Array(String(decoding: [high, unit() ?? 0xFFFD], as: UTF16.self).utf8)
            default: return [letter]
            }
        }

        /// Four hexadecimal digits.
        private mutating func unit() -> UInt16? {
            let digits = bytes[index...].prefix(4)
            guard digits.count == 4, let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16) else {
                return nil
            }
            index += 4
            return unit
        }
    }
}
