// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel

/// White paper on which a decoder lays a picture, a few pixels at a time and in any order.
///
/// It keeps a reduced picture only: of every `step` × `step` pixels their mean, so that a page of any size takes little more
/// memory than its thumbnail. Sums of ink, not of light: where nothing is laid, or what is laid is transparent, the
/// paper stays white.
final class Paper {
    private let width: Int
    private let height: Int
    private let step: Int
    private let canvas: Canvas

    /// Three sums for each pixel of the canvas; none where the step is 1.
    private let ink: UnsafeMutablePointer<UInt32>?

    /// Above it the sum of a pixel might not fit 32 bits.
    private static let stepLimit = 4_096

    /// For a picture of `width` × `height` of which at least `size` is wanted.
    init(width: Int, height: Int, atLeast size: (width: Int, height: Int)) throws(Finding) {
        (self.width, self.height) = (width, height)
        step = Self.step(width: width, height: height, size)
        canvas = try Canvas(width: (width + step - 1) / step, height: (height + step - 1) / step)
        if step == 1 {
            ink = nil
            canvas.pixels.initializeMemory(as: UInt8.self, repeating: 0xFF)
        } else {
            ink = calloc(canvas.width * canvas.height * 3, MemoryLayout<UInt32>.size)?.assumingMemoryBound(
                to: UInt32.self
            )
            guard ink != nil else { throw Canvas.outOfMemory }
        }
    }

    deinit {
        free(ink)
    }

    /// The bytes it takes.
    static func memory(width: Int, height: Int, atLeast size: (width: Int, height: Int)) -> Int {
        let step = step(width: width, height: height, size)
        return ((width + step - 1) / step) * ((height + step - 1) / step) * (step == 1 ? 4 : 16)
    }

    private static func step(width: Int, height: Int, _ size: (width: Int, height: Int)) -> Int {
        min(max(1, min(width / max(1, size.width), height / max(1, size.height))), stepLimit)
    }

    /// Lays pixels of four bytes, red, green, blue and alpha: the first at `x`, each other `distance` to the right.
    ///
    /// Each pixel is to be laid once. What lies beyond the picture's sides falls off.
    func lay(
        _ pixels: UnsafePointer<UInt8>,
        count: Int,
        x: Int,
        y: Int,
        distance: Int = 1,
        isPremultiplied: Bool = false
    ) {
        guard x >= 0, x < width, y >= 0, y < height else { return }
        let end = pixels + min(count, (width - x + distance - 1) / distance) * 4
        var pixel = pixels
        if let ink {
            let row = ink + y / step * canvas.width * 3
            var place = row + x / step * 3
            var within = x % step
            while pixel < end {
                let laid = Self.ink(of: pixel, isPremultiplied)
                place[0] &+= laid.red
                place[1] &+= laid.green
                place[2] &+= laid.blue
                pixel += 4
                within += distance
                while within >= step {
                    within -= step
                    place += 3
                }
            }
        } else if let base = canvas.pixels.baseAddress {
            var place = (base + y * canvas.stride + x * 4).assumingMemoryBound(to: UInt8.self)
            while pixel < end {
                let laid = Self.ink(of: pixel, isPremultiplied)
                place[0] = UInt8(truncatingIfNeeded: 255 - laid.blue)
                place[1] = UInt8(truncatingIfNeeded: 255 - laid.green)
                place[2] = UInt8(truncatingIfNeeded: 255 - laid.red)
                pixel += 4
                place += distance * 4
            }
        }
    }

    /// What a pixel takes from the paper's white, 0…255 of each colour.
    @inline(__always)
    private static func ink(
        of pixel: UnsafePointer<UInt8>,
        _ isPremultiplied: Bool
    ) -> (red: UInt32, green: UInt32, blue: UInt32) {
        let alpha = UInt32(pixel[3])
        if isPremultiplied {
            return (
                alpha - min(alpha, UInt32(pixel[0])), alpha - min(alpha, UInt32(pixel[1])),
                alpha - min(alpha, UInt32(pixel[2]))
            )
        }
        let (red, green, blue) = (255 - UInt32(pixel[0]), 255 - UInt32(pixel[1]), 255 - UInt32(pixel[2]))
        if alpha == 255 { return (red, green, blue) }
        return ((red * alpha + 127) / 255, (green * alpha + 127) / 255, (blue * alpha + 127) / 255)
    }

    /// The picture that was laid; the paper is used up.
    func taken() -> Canvas {
        guard let ink, let base = canvas.pixels.baseAddress else { return canvas }
        for y in 0..<canvas.height {
            var sum = ink + y * canvas.width * 3
            var place = (base + y * canvas.stride).assumingMemoryBound(to: UInt8.self)
            let rows = min(step, height - y * step)
            for x in 0..<canvas.width {
                let count = UInt32(rows * min(step, width - x * step))
                for channel in 0..<3 {
                    place[2 - channel] = UInt8(255 - min(255, (sum[channel] + count / 2) / count))
                }
                place[3] = 255
                sum += 3
                place += 4
            }
        }
        return canvas
    }
}
