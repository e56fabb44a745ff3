// SPDX-License-Identifier: MIT

/// A picture of four fields, red and green above blue and yellow, that shows at its corners how it was turned.
package enum FourCorners {
    package static let (width, height) = (80, 120)

    /// Red, green and blue of the fields, in the order of ``index(x:y:)``.
    package static let colours: [[UInt8]] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]]

    /// The number of the field in which a pixel lies.
    package static func index(x: Int, y: Int) -> UInt8 {
        (x < width / 2 ? 0 : 1) + (y < height / 2 ? 0 : 2)
    }

    package static func rgb(x: Int, y: Int) -> [UInt8] {
        colours[Int(index(x: x, y: y))]
    }

    /// Red, green and blue of all pixels, row by row.
    package static let rgb: [UInt8] = (0..<height).flatMap { y in (0..<width).flatMap { x in rgb(x: x, y: y) } }

    package static let png = PNGWriter(colorType: 2).picture { x, y in rgb(x: x, y: y).map(Int.init) }
}
