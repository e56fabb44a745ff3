// SPDX-License-Identifier: MIT

/// How many letters a typist got wrong: left out, put in, exchanged for another, or swapped with the neighbour.
package enum EditDistance {
    /// The distance between two words; `nil` where it is larger than `limit`.
    ///
    /// Takes as many steps as the words' lengths multiplied, at most; the words are cut to ``SearchText/longestWord``.
    package static func between(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar], limit: Int) -> Int? {
        if abs(first.count - second.count) > limit { return nil }
        var before: [Int] = []
        var last = Array(0...second.count)
        for row in first.indices {
            var next = [row + 1]
            var least = row + 1
            for column in second.indices {
                let isSame = first[row] == second[column]
                var best = min(last[column + 1] + 1, next[column] + 1, last[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    best = min(best, before[column - 1] + 1)
                }
                next.append(best)
                least = min(least, best)
            }
            // A swap looks two rows back, so one row over the limit is not the end yet.
            if least > limit, (last.min() ?? 0) > limit { return nil }
            (before, last) = (last, next)
        }
        let distance = last[second.count]
        return distance <= limit ? distance : nil
    }

    /// How many typos a word of so many letters may have: none where every short word would be near every other.
    package static func tolerance(ofLength length: Int) -> Int {
        length < 4 ? 0 : length < 8 ? 1 : 2
    }
}
