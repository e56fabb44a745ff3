// SPDX-License-Identifier: MIT

/// How many letters a typist got wrong: left out, put in, exchanged for another, or swapped with the neighbour.
package enum EditDistance {
    /// The distance between two words; `nil` where it is larger than `limit`.
    ///
    /// Takes as many steps as the words' lengths multiplied, at most; the words are cut to ``SearchText/longestWord``.
    package static func between(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar], limit: Int) -> Int? {
        if abs(first.count - second.count) > limit { return nil }
        // Three rows are all that is looked at, and none is made anew: many words are compared with one.
        var before = [Int](repeating: 0, count: second.count + 1)
        var last = Array(0...second.count)
        var next = before
        var leastBefore = 0
        for row in first.indices {
            next[0] = row + 1
            var least = row + 1
            for column in second.indices {
                let isSame = first[row] == second[column]
                var best = min(last[column + 1] + 1, next[column] + 1, last[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    best = min(best, before[column - 1] + 1)
                }
                next[column + 1] = best
                least = min(least, best)
            }
            // A swap looks two rows back, so one row over the limit is not the end yet.
            if least > limit, leastBefore > limit { return nil }
            leastBefore = least
            swap(&before, &last)
            swap(&last, &next)
        }
        let distance = last[second.count]
        return distance <= limit ? distance : nil
    }

    /// Which letters a word is made of, roughly, to tell most words that are not near it before they are compared.
    package struct Letters {
        private let bits: UInt64

        package init(_ scalars: some Sequence<Unicode.Scalar>) {
            bits = scalars.reduce(0) { $0 | 1 << UInt64($1.value & 63) }
        }

        /// False only where the words are further apart: a typo takes one letter away and brings one, at most.
        package func mayBeNear(_ other: Letters, limit: Int) -> Bool {
            (bits ^ other.bits).nonzeroBitCount <= 2 * limit
        }
    }

    /// How many typos a word of so many letters may have: none where every short word would be near every other.
    package static func tolerance(ofLength length: Int) -> Int {
        length < 4 ? 0 : length < 8 ? 1 : 2
    }
}
