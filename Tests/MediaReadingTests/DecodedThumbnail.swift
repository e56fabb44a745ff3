// SPDX-License-Identifier: MIT
import CWebP

/// A thumbnail's pixels.
struct DecodedThumbnail {
    let width: Int
    let height: Int
    private let pixels: [UInt8]

    init?(_ webp: [UInt8]) {
        var size: (width: Int32, height: Int32) = (0, 0)
        guard let start = WebPDecodeRGB(webp, webp.count, &size.width, &size.height) else { return nil }
        defer { WebPFree(start) }
        (width, height) = (Int(size.width), Int(size.height))
        pixels = Array(UnsafeBufferPointer(start: start, count: width * height * 3))
    }

    func red(x: Double, y: Double) -> Int { Int(pixels[offset(x, y)]) }
    func green(x: Double, y: Double) -> Int { Int(pixels[offset(x, y) + 1]) }
    func blue(x: Double, y: Double) -> Int { Int(pixels[offset(x, y) + 2]) }

    /// The colours in the middle of the upper and the lower fields, by their first letters; `k` is black, `?` none of them.
    var corners: String {
        [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)].map { x, y in
            let colour = [red(x: x, y: y), green(x: x, y: y), blue(x: x, y: y)]
            let bits = colour.map { $0 > 190 ? "1" : $0 < 65 ? "0" : "?" }.joined()
            return ["100": "r", "010": "g", "001": "b", "110": "y", "111": "w", "000": "k"][bits] ?? "?"
        }.joined()
    }

    /// How many pixels are darker than a middle grey.
    var darkPixels: Int {
        stride(from: 0, to: pixels.count, by: 3).count { pixels[$0..<($0 + 3)].allSatisfy { $0 < 128 } }
    }

    private func offset(_ x: Double, _ y: Double) -> Int {
        (Int(y * Double(height)) * width + Int(x * Double(width))) * 3
    }
}
