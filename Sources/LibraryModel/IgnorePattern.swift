// SPDX-License-Identifier: MIT

/// One line of ignore rules, as gitignore(5) reads it.
///
/// The verdict on a path is that of git, with what its manual leaves unsaid: only blanks are trimmed, at the end and
/// unless escaped; a `/` anywhere but at the end, even in brackets, ties a pattern to the directory of its file; and
/// `**` counts as standing for whole names at the beginning, between and at the end of names, but also right after
/// the plain bytes that a tied pattern begins with, so that `a/b**/c` matches `a/bx/y/c`.
package struct IgnorePattern: Hashable, Sendable {
    /// The line without its line end and the blanks before it.
    package let bytes: [UInt8]

    /// Whether it begins with `!`: what it matches is included again.
    package let isNegated: Bool

    /// Whether it ends in `/` and so matches directories alone.
    package let isForDirectories: Bool

    /// Whether it is compared with the path below its file's directory, and not with the last name.
    package let isTied: Bool

    /// Why it matches nothing; `nil` for a sound one.
    package let defect: IgnoreDefect?
    private let glob: IgnoreGlob?

    /// Reads a line without its `\n`; `nil` for an empty one and a comment.
    package init?(line: some Collection<UInt8>) {
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        bytes = Self.trimmed(Array(line))
        if bytes.isEmpty { return nil }
        var rest = bytes[...]
        isNegated = rest.first == UInt8(ascii: "!")
        if isNegated { rest.removeFirst() }
        isForDirectories = rest.last == UInt8(ascii: "/")
        if isForDirectories { rest.removeLast() }
        isTied = rest.contains(UInt8(ascii: "/"))
        if rest.first == UInt8(ascii: "/") { rest.removeFirst() }
        do throws(IgnoreDefect) {
            if rest.isEmpty { throw .empty }
            if rest.contains(0) { throw .holdsNUL }
            glob = try IgnoreGlob(rest)
            defect = nil
        } catch {
            glob = nil
            defect = error
        }
    }

    /// The line for people: bytes that are not UTF-8 become U+FFFD.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether it describes an entry, of which `path` leads from the pattern's directory to the entry.
    func matches(_ path: ArraySlice<UInt8>, isDirectory: Bool) -> Bool {
        guard let glob, isDirectory || !isForDirectories else { return false }
        if isTied { return glob.matches(path) }
        let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? path.startIndex
        return glob.matches(path[start...])
    }

    /// Whether it may describe anything whose path begins with `beginning`, which ends in `/`; may say so wrongly, never
    /// the opposite.
    func mayMatch(below beginning: ArraySlice<UInt8>) -> Bool {
        guard let glob else { return false }
        return !isTied || glob.mayMatch(beginning: beginning)
    }

    /// Takes off one carriage return, then the blanks at the end of which the first is not escaped.
    private static func trimmed(_ line: [UInt8]) -> [UInt8] {
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
        var end = line.startIndex
        var place = line.startIndex
        while place < line.endIndex {
            let isEscape = line[place] == UInt8(ascii: "\\")
            let isBlank = line[place] == UInt8(ascii: " ")
            place += isEscape ? 2 : 1
            if !isBlank { end = min(place, line.endIndex) }
        }
        return Array(line[..<end])
    }
}
