// SPDX-License-Identifier: MIT

/// Packs zeros by deflate (RFC 1951) as tightly as it can be done, which is 258 of them in two bits.
package enum ZeroRun {
    /// One block whose codes say nothing but “zero”, “258 of the same” and “end”; of a gigabyte about a megabyte.
    package static func deflated(_ count: Int) -> [UInt8] {
        var bits = Bits()
        // The last block, of codes of its own: 286 symbols, one distance, 18 lengths of the code for the lengths.
        bits.write(1, 1)
        bits.write(2, 2)
        bits.write(29, 5)
        bits.write(0, 5)
        bits.write(14, 4)
        // Three lengths are used: “repeat no code” by one bit, 1 and 2 by two.
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1]
        for symbol in order { bits.write(symbol == 18 ? 1 : symbol < 3 && symbol > 0 ? 2 : 0, 3) }
        let (none, one, two) = ([false], [true, false], [true, true])
        // The zero, 255 without, the end, 28 without, the copy of 258; and the distance of one.
        bits.write(two)
        for gap in [138, 117] { bits.write(none, gap) }
        bits.write(two)
        bits.write(none, 28)
        bits.write(one)
        bits.write(one)
        let copies = max(0, count - 1) / 258
        for _ in 0..<(count - copies * 258) { bits.write([true, false]) }
        bits.writeZeros(copies * 2)
        bits.write([true, true])
        return bits.bytes
    }

    private struct Bits {
        private(set) var bytes: [UInt8] = []
        private var count = 0

        mutating func write(_ value: Int, _ width: Int) {
            for bit in 0..<width { write(value >> bit & 1 == 1) }
        }

        mutating func write(_ code: [Bool]) {
            for bit in code { write(bit) }
        }

        /// A code behind which seven bits say how often, from 11 on.
        mutating func write(_ code: [Bool], _ times: Int) {
            write(code)
            write(times - 11, 7)
        }

        mutating func writeZeros(_ wanted: Int) {
            var rest = wanted
            while rest > 0, count % 8 != 0 {
                write(false)
                rest -= 1
            }
            bytes += [UInt8](repeating: 0, count: rest / 8)
            count += rest / 8 * 8
            for _ in 0..<(rest % 8) { write(false) }
        }

        private mutating func write(_ bit: Bool) {
            if count % 8 == 0 { bytes.append(0) }
            if bit { bytes[count / 8] |= 1 << UInt8(count % 8) }
            count += 1
        }
    }
}
