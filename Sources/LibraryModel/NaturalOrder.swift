// SPDX-License-Identifier: MIT

/// The order in which people number pages and volumes: `2` before `10`, letter case aside, folders by their own names.
///
/// Compares bytes, so that it is total and the same on every machine. Runs of ASCII digits compare by value, however
/// long; `/` comes before every other byte, so that a folder's pages stay together. Names that are equal but for case
/// or leading zeros are ordered by their bytes, so that two pages never change places.
package enum NaturalOrder {
    package static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var i = 0
        var j = 0
        while i < left.count, j < right.count {
            if left[i].isASCIIDigit, right[j].isASCIIDigit {
                let first = digits(left, from: &i)
                let second = digits(right, from: &j)
                if first.count != second.count { return first.count < second.count }
                if !first.elementsEqual(second) { return first.lexicographicallyPrecedes(second) }
            } else {
                let first = rank(left[i])
                let second = rank(right[j])
                if first != second { return first < second }
                i += 1
                j += 1
            }
        }
        if (i < left.count) != (j < right.count) { return i == left.count }
        return left.lexicographicallyPrecedes(right)
    }

    /// The digits that start at `index`, without leading zeros; `index` moves behind them.
    private static func digits(_ bytes: [UInt8], from index: inout Int) -> ArraySlice<UInt8> {
        let start = index
        while index < bytes.count, bytes[index].isASCIIDigit { index += 1 }
        return bytes[start..<index].drop { $0 == UInt8(ascii: "0") }
    }

    private static func rank(_ byte: UInt8) -> UInt8 {
        byte == UInt8(ascii: "/") ? 0 : byte.asciiLowercased
    }
}
