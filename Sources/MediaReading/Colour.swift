// SPDX-License-Identifier: MIT

/// A colour of a palette, in sRGB; opaque unless it says otherwise.
struct Colour {
    var red: UInt8
    var green: UInt8
    var blue: UInt8
    var alpha: UInt8 = 255
}
