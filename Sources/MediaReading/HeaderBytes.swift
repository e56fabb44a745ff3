// SPDX-License-Identifier: MIT

/// Takes the numbers of a binary header one after the other.
struct HeaderBytes {
    /// The header ended within a number, or a number is larger than any it could be.
    struct Malformed: Error {}

    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard let byte = rest.popFirst() else { throw Malformed() }
        return byte
    }

    mutating func bytes(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw Malformed() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// A little-endian number of `width` bytes, at most 8.
    mutating func number(width: Int) throws(Malformed) -> Int {
        let value = try bytes(width).number(at: 0, width: width)
        guard let number = Int(exactly: value) else { throw Malformed() }
        return number
    }

    /// A number of RAR 5: seven bits a byte, the lowest first, and a high bit where another byte follows.
    mutating func variableNumber() throws(Malformed) -> Int {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(value) }
        }
        throw Malformed()
    }

    /// A number of 7z: the leading ones of the first byte tell how many bytes follow, its other bits are the highest.
    mutating func prefixedNumber() throws(Malformed) -> Int {
        let first = try byte()
        let count = (~first).leadingZeroBitCount
        var value = UInt64(0)
        for index in 0..<count { value |= UInt64(try byte()) << UInt64(8 * index) }
        if count < 7 { value |= UInt64(first & (0x7F >> UInt8(count))) << UInt64(8 * count) }
        guard let number = Int(exactly: value) else { throw Malformed() }
        return number
    }
}
