// SPDX-License-Identifier: MIT
import LibraryModel

/// The headers of a Windows bitmap, by Microsoft's “Bitmap Storage” and the structures from `BITMAPCOREHEADER` to
/// `BITMAPV5HEADER` that it names.
struct BMPHeader {
    /// How the pixels are stored.
    enum Storage {
        /// Numbers of colours, of so many bits each.
        case indexed(bits: Int)

        /// Numbers of colours of so many bits each, in runs.
        case runs(bits: Int)

        /// Blue, green and red, of eight bits each.
        case triples

        /// Words of so many bits in which masks mark the colours.
        case masked(bits: Int, [Mask])
    }

    /// The bits of a word that belong to a colour.
    struct Mask {
        private let shift: UInt32
        private let largest: UInt32

        /// `nil` where the bits are not together.
        init?(_ bits: UInt32) {
            shift = UInt32(bits == 0 ? 0 : bits.trailingZeroBitCount)
            largest = bits >> shift
            guard largest & (largest &+ 1) == 0 else { return nil }
        }

        /// 0…255, `none` where there are no bits.
        func value(in word: UInt32, none: UInt8) -> UInt8 {
            guard largest > 0 else { return none }
            return UInt8((UInt64(word >> shift & largest) * 255 + UInt64(largest) / 2) / UInt64(largest))
        }
    }

    let width: Int
    let height: Int
    let isTopDown: Bool
    let storage: Storage

    /// None where pixels are no numbers of colours.
    let palette: [Colour]

    /// Where the pixels begin.
    let offset: Int

    /// Sizes of the header behind the first 14 bytes: OS/2 1 and 2, Windows 3, two of Adobe's, Windows 95 and 98.
    private static let sizes: Set<Int> = [12, 64, 40, 52, 56, 108, 124]

    private static let fileHeader = 14

    /// Whether the first 16 bytes are those of a bitmap, and not of a text that begins with its two letters.
    static func isLikely(_ head: ArraySlice<UInt8>) -> Bool {
        head.count >= fileHeader + 2 && sizes.contains(Int(head.number(at: fileHeader, width: 2)))
    }

    init(_ bytes: [UInt8]) throws(Finding) {
        guard bytes.count >= Self.fileHeader + 12 else { throw .undecodable("it is cut short") }
        offset = Int(bytes[...].number(at: 10, width: 4))
        let size = Int(bytes[...].number(at: Self.fileHeader, width: 4))
        let header = bytes.dropFirst(Self.fileHeader).prefix(size)
        guard Self.sizes.contains(size), header.count == size else { throw .undecodable("its header makes no sense") }
        let isCore = size == 12
        let bits: Int
        if isCore {
            (width, height) = (Int(header.number(at: 4, width: 2)), Int(header.number(at: 6, width: 2)))
            (isTopDown, bits) = (false, Int(header.number(at: 10, width: 2)))
        } else {
            width = Self.signed(header, at: 4)
            let tall = Self.signed(header, at: 8)
            (height, isTopDown) = (abs(tall), tall < 0)
            bits = Int(header.number(at: 14, width: 2))
        }
        guard width > 0, height > 0 else { throw .undecodable("it has no size") }
        let compression = isCore ? 0 : Int(header.number(at: 16, width: 4))
        storage = try Self.storage(bits, compression, isTopDown: isTopDown, header, of: bytes)
        let used = isCore ? 0 : Int(header.number(at: 32, width: 4))
        palette = try Self.palette(storage, used, entry: isCore ? 3 : 4, behind: size, of: bytes)
    }

    private static func storage(
        _ bits: Int,
        _ compression: Int,
        isTopDown: Bool,
        _ header: ArraySlice<UInt8>,
        of bytes: [UInt8]
    ) throws(Finding) -> Storage {
        switch (compression, bits) {
        case (0, 1), (0, 2), (0, 4), (0, 8): return .indexed(bits: bits)
        case (1, 8), (2, 4):
            guard !isTopDown else { throw .undecodable("its runs go from top to bottom") }
            return .runs(bits: bits)
        case (0, 24): return .triples
        case (0, 16): return try masked(16, [0x7C00, 0x03E0, 0x001F, 0])
        case (0, 32): return try masked(32, [0xFF_0000, 0xFF00, 0xFF, 0])
        case (3, 16), (3, 32), (6, 16), (6, 32):
            // The masks follow the header of Windows 3, and are a part of all later ones.
            let masks = bytes.dropFirst(fileHeader + 40)
            let count = compression == 6 || header.count >= 56 ? 4 : 3
            guard masks.count >= count * 4 else { throw .undecodable("it is cut short") }
            let words = (0..<4).map { $0 < count ? UInt32(masks.number(at: $0 * 4, width: 4)) : 0 }
            return try masked(bits, words)
        default: throw Finding(.unsupportedFormat, "is a BMP of \(bits) bits and compression \(compression)")
        }
    }

    private static func masked(_ bits: Int, _ words: [UInt32]) throws(Finding) -> Storage {
        let masks = words.compactMap(Mask.init)
        guard masks.count == words.count else { throw .undecodable("its masks make no sense") }
        return .masked(bits: bits, masks)
    }

    private static func palette(
        _ storage: Storage,
        _ used: Int,
        entry: Int,
        behind size: Int,
        of bytes: [UInt8]
    ) throws(Finding) -> [Colour] {
        let bits: Int
        switch storage {
        case .indexed(let width), .runs(let width): bits = width
        case .triples, .masked: return []
        }
        let count = used == 0 ? 1 << bits : min(used, 1 << bits)
        let colours = bytes.dropFirst(fileHeader + size).prefix(count * entry)
        guard colours.count == count * entry else { throw .undecodable("it is cut short") }
        return (0..<count).map { index in
            let place = colours.startIndex + index * entry
            return Colour(red: colours[place + 2], green: colours[place + 1], blue: colours[place])
        }
    }

    private static func signed(_ header: ArraySlice<UInt8>, at offset: Int) -> Int {
        Int(Int32(truncatingIfNeeded: header.number(at: offset, width: 4)))
    }
}
