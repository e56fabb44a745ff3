// SPDX-License-Identifier: MIT

/// What the segments before the first scan of a JPEG say that libjpeg-turbo's simple interface does not tell
/// (ITU-T T.81, annex B; Exif 2.3, section 4.5).
///
/// A header that makes no sense leaves the defaults: whether it is damaged is the decoder's word.
struct JPEGHeader {
    private(set) var orientation = Orientation.upright

    /// Bytes of all coefficients, where they have to be in memory at once: where the frame is not decoded in a single scan.
    private(set) var coefficients = 0

    private struct Frame {
        let isProgressive: Bool
        let components: Int
        let coefficients: Int
    }

    private static let exif: UInt8 = 0xE1
    private static let scan: UInt8 = 0xDA

    /// Start of frame: of these numbers all but three, which are of tables and of an extension.
    private static let frames = Set<UInt8>(0xC0...0xCF).subtracting([0xC4, 0xC8, 0xCC])

    /// Those frames that come in many scans.
    private static let progressive: Set<UInt8> = [0xC2, 0xC6, 0xCA, 0xCE]

    init(_ bytes: [UInt8]) {
        var rest = bytes.dropFirst(2)
        var frame: Frame?
        var hasOrientation = false
        while let marker = Self.marker(in: &rest) {
            guard rest.count >= 2 else { return }
            let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
            guard length >= 2, length <= rest.count else { return }
            let segment = rest.prefix(length).dropFirst(2)
            rest = rest.dropFirst(length)
            if marker == Self.exif, !hasOrientation, segment.has("Exif\0\0") {
                orientation = Orientation(exif: segment)
                hasOrientation = true
            } else if Self.frames.contains(marker) {
                frame = Self.frame(segment, isProgressive: Self.progressive.contains(marker))
            } else if marker == Self.scan {
                guard let frame, let components = segment.first else { return }
                if frame.isProgressive || Int(components) < frame.components { coefficients = frame.coefficients }
                return
            }
        }
    }

    /// Skips what lies before a marker, as decoders do, and takes it.
    private static func marker(in rest: inout ArraySlice<UInt8>) -> UInt8? {
        while let byte = rest.popFirst() {
            guard byte == 0xFF else { continue }
            while rest.first == 0xFF { rest.removeFirst() }
            guard let marker = rest.popFirst() else { return nil }
            if marker != 0, !(0xD0...0xD8).contains(marker) { return marker }
        }
        return nil
    }

    private static func frame(_ segment: ArraySlice<UInt8>, isProgressive: Bool) -> Frame? {
        let fields = Array(segment)
        guard fields.count >= 6 else { return nil }
        let (height, width) = (Int(fields[1]) << 8 | Int(fields[2]), Int(fields[3]) << 8 | Int(fields[4]))
        let count = Int(fields[5])
        guard fields.count >= 6 + count * 3 else { return nil }
        let samplings = (0..<count).map { index in
            (across: max(1, Int(fields[7 + index * 3] >> 4)), down: max(1, Int(fields[7 + index * 3] & 15)))
        }
        let (across, down) = (samplings.map(\.across).max() ?? 1, samplings.map(\.down).max() ?? 1)
        let blocks = samplings.reduce(0) { sum, sampling in
            let columns = (width + 8 * across - 1) / (8 * across) * sampling.across
            let rows = (height + 8 * down - 1) / (8 * down) * sampling.down
            return sum + columns * rows
        }
        // 64 coefficients of 16 bits each.
        return Frame(isProgressive: isProgressive, components: count, coefficients: blocks * 128)
    }
}
