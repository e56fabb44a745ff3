// SPDX-License-Identifier: MIT

/// The name that a row of the catalog bears while its place is another's and its own file was not met yet.
///
/// No listing shows it, for all hidden names are left alone. What is not met is missing, and is told by its own name.
package struct AsideName {
    private static let mark = Array(".replaced-".utf8)

    package let name: FileName

    /// The name of a row's own with its `id`, so that no two bear one name.
    package init(_ name: FileName, id: Int64) {
        let own = AsideName.original(of: name, id: id)
        self.name = FileName(bytes: Array(".".utf8) + own.bytes + AsideName.mark + Array("\(id)".utf8))
    }

    /// The name that a row had before it made way; `name` itself where it did not.
    package static func original(of name: FileName, id: Int64) -> FileName {
        let end = mark + Array("\(id)".utf8)
        let bytes = name.bytes
        guard bytes.count > end.count + 1, bytes.first == UInt8(ascii: "."), bytes.suffix(end.count) == end[...] else {
            return name
        }
        return FileName(bytes: Array(bytes.dropFirst().dropLast(end.count)))
    }
}
