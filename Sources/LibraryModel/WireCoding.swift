// SPDX-License-Identifier: MIT

/// A packet that is not what ``WorkerProtocol`` says; both ends are ours, so it means a worker gone mad.
package enum WireFault: Error {
    case malformed
}

/// Appends values to a packet: fixed-width little-endian numbers, and byte strings behind their 32-bit length.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: UInt8) {
        bytes.append(value)
    }

    mutating func write(_ value: UInt32) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ value: Int64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ value: Double) {
        write(Int64(bitPattern: value.bitPattern))
    }

    mutating func write(_ value: [UInt8]) {
        write(UInt32(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func write(_ value: String) {
        write(UInt32(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }
}

/// Takes values out of a packet in the order they were written; what is not there is a fault, never a trap.
struct WireReader {
    private let packet: [UInt8]
    private var position = 0

    init(_ packet: [UInt8]) {
        self.packet = packet
    }

    mutating func byte() throws(WireFault) -> UInt8 {
        try take(1)[position - 1]
    }

    mutating func word() throws(WireFault) -> UInt32 {
        try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func integer() throws(WireFault) -> Int64 {
        Int64(bitPattern: try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }

    mutating func decimal() throws(WireFault) -> Double {
        Double(bitPattern: UInt64(bitPattern: try integer()))
    }

    mutating func bytes() throws(WireFault) -> [UInt8] {
        Array(try take(Int(try word())))
    }

    mutating func text() throws(WireFault) -> String {
        String(decoding: try take(Int(try word())), as: UTF8.self)
    }

    private mutating func take(_ count: Int) throws(WireFault) -> ArraySlice<UInt8> {
        guard count <= packet.count - position else { throw .malformed }
        position += count
        return packet[(position - count)..<position]
    }
}
