// SPDX-License-Identifier: MIT

/// A place in a text, as editors count: from 1, columns in Unicode scalars.
package struct TextPosition: Hashable, Comparable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: TextPosition, right: TextPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One step on the way from a document to a value in it.
package enum KeyStep: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case key(String)

    /// The place in an array, or among the tables of one `[[name]]`.
    case index(Int)

    package init(stringLiteral value: String) { self = .key(value) }
    package init(integerLiteral value: Int) { self = .index(value) }
}

/// Tells where in a TOML document a key is written.
///
/// The parser keeps positions for syntax errors only, but every refusal is to name line and column. So the text is
/// walked once more, and only for its keys: headers, dotted and quoted keys, keys of inline tables; strings and
/// comments are stepped over. The document must be one that the parser accepted; of any other the answers are vague,
/// but the walk ends.
///
/// Source: TOML 1.0.0, <https://toml.io/en/v1.0.0>.
package struct KeyLocator: Sendable {
    private let positions: [[KeyStep]: TextPosition]

    package init(_ text: String) {
        var walk = KeyWalk(text)
        walk.document()
        positions = walk.positions
    }

    /// Where the last name of a path is first written; for what is not there, where the nearest thing around it is.
    package func position(of path: [KeyStep]) -> TextPosition {
        var path = path[...]
        while !path.isEmpty {
            if let position = positions[Array(path)] { return position }
            path.removeLast()
        }
        return TextPosition(line: 1, column: 1)
    }
}
