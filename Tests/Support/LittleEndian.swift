// SPDX-License-Identifier: MIT

extension [UInt8] {
    /// The numbers' bytes, the lowest first.
    package static func little<Number: FixedWidthInteger>(_ values: Number...) -> [UInt8] {
        values.flatMap { value in Swift.withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    }
}
