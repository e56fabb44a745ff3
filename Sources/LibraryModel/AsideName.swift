// SPDX-License-Identifier: MIT

/// The name that a row of the catalog bears while its place is another's and its own file was not met yet.
///
/// No listing shows it, for all hidden names are left alone. What is not met is missing, and is told by its own name.
package struct AsideName {
    private static let marks = [Array(".aside-".utf8), Array(".replaced-".utf8)]

    package let name: FileName

    /// The name of a row's own with its `id`, so that no two bear one name.
    ///
    /// `isReplaced` where a book was renamed over this one, as far as is known.
    package init(_ name: FileName, id: Int64, isReplaced: Bool = false) {
        let own = AsideName.original(of: name, id: id)
        let mark = AsideName.marks[isReplaced ? 1 : 0]
        self.name = FileName(bytes: Array(".".utf8) + own.bytes + mark + Array("\(id)".utf8))
    }

    /// The name that a row had before it made way; `name` itself where it did not.
    package static func original(of name: FileName, id: Int64) -> FileName {
        for mark in marks {
            if let original = original(of: name, behind: mark, id) { return original }
        }
        return name
    }

    /// The name that a row had before it made way for a book that was renamed over it; `nil` for any other row.
    package static func replaced(_ name: FileName, id: Int64) -> FileName? { original(of: name, behind: marks[1], id) }

    private static func original(of name: FileName, behind mark: [UInt8], _ id: Int64) -> FileName? {
        let end = mark + Array("\(id)".utf8)
        guard name.bytes.count > end.count + 1, name.bytes.first == UInt8(ascii: "."),
            name.bytes.suffix(end.count) == end[...]
        else { return nil }
        return FileName(bytes: Array(name.bytes.dropFirst().dropLast(end.count)))
    }
}
