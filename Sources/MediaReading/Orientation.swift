// SPDX-License-Identifier: MIT

/// How a stored picture has to be turned to be shown, by the numbers of TIFF 6.0 and Exif (tag 274).
///
/// Each number names the sides of the shown picture on which the first stored row and column lie.
enum Orientation: Int {
    case upright = 1
    case mirrored = 2
    case halfTurned = 3
    case flipped = 4
    case transposed = 5
    case turnedRight = 6
    case transversed = 7
    case turnedLeft = 8

    private static let tag = 0x0112
    private static let short = 3

    /// Entries of a directory that are looked at; cameras write a few dozen.
    private static let entries = 1_000

    /// Reads it from Exif data, which is a TIFF file, behind `Exif\0\0` or not; upright where it says nothing of sense.
    init(exif: ArraySlice<UInt8>) {
        self = Self.read(exif.has("Exif\0\0") ? exif.dropFirst(6) : exif) ?? .upright
    }

    private static func read(_ tiff: ArraySlice<UInt8>) -> Orientation? {
        guard tiff.has("II*\0") || tiff.has("MM\0*") else { return nil }
        let isLittle = tiff.has("II")
        func number(at offset: Int, width: Int) -> Int? {
            guard offset >= 0, offset <= tiff.count - width else { return nil }
            let bytes = tiff.dropFirst(offset).prefix(width)
            return isLittle
                ? bytes.reversed().reduce(0) { $0 << 8 | Int($1) } : bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(at: 4, width: 4), let count = number(at: directory, width: 2) else { return nil }
        for index in 0..<min(count, entries) {
            let entry = directory + 2 + index * 12
            guard number(at: entry, width: 2) == tag, number(at: entry + 2, width: 2) == short else { continue }
            return number(at: entry + 8, width: 2).flatMap(Orientation.init(rawValue:))
        }
        return nil
    }

    /// Whether width and height change places.
    private var swapsSides: Bool { rawValue >= 5 }

    /// The size of the shown picture of a stored one, and the other way round.
    func shown(width: Int, height: Int) -> (width: Int, height: Int) {
        swapsSides ? (height, width) : (width, height)
    }

    /// Where a pixel of a stored picture of `width` × `height` is shown.
    func place(x: Int, y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
        switch self {
        case .upright: (x, y)
        case .mirrored: (width - 1 - x, y)
        case .halfTurned: (width - 1 - x, height - 1 - y)
        case .flipped: (x, height - 1 - y)
        case .transposed: (y, x)
        case .turnedRight: (height - 1 - y, x)
        case .transversed: (height - 1 - y, width - 1 - x)
        case .turnedLeft: (y, width - 1 - x)
        }
    }
}
