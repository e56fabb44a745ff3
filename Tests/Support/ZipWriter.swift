// SPDX-License-Identifier: MIT

/// Writes ZIP archives of entries that are stored, or packed by others, and, where a test asks for it, faulty ones.
package struct ZipWriter {
    /// One file to be written.
    package struct Entry {
        package var name: [UInt8]
        package var contents: [UInt8]

        /// Marks the entry as encrypted; its bytes stay plain.
        package var isEncrypted = false

        /// Puts sizes and checksum behind the bytes, as programs do that write to a pipe.
        package var hasDataDescriptor = false

        /// A checksum other than the contents', for a damaged entry.
        package var checksum: UInt32?

        /// The method and the bytes that the contents were packed to by it.
        package var packed: (method: UInt16, bytes: [UInt8])?

        /// Flags beside those that follow from the rest.
        package var flags: UInt16 = 0

        /// Whether the name is declared to be UTF-8; by default it is where it can be.
        package var declaresText: Bool?

        /// Unix's mode.
        package var mode: UInt32 = 0o100644

        /// A size other than the contents'.
        package var size: UInt32?

        package init(_ name: [UInt8], _ contents: [UInt8]) {
            self.name = name
            self.contents = contents
        }

        package init(_ name: String, _ contents: [UInt8]) {
            self.init(Array(name.utf8), contents)
        }

        package init(_ name: String, text: String) {
            self.init(Array(name.utf8), Array(text.utf8))
        }
    }

    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt32 = 0

    /// The archive of `entries`, in their order; with the end of a ZIP64 if it `isLarge`, or else with a comment.
    package static func archive(_ entries: [Entry], isLarge: Bool = false, comment: String = "") -> [UInt8] {
        var writer = ZipWriter()
        for entry in entries { writer.add(entry) }
        return isLarge ? writer.finishLarge() : writer.finish(comment: Array(comment.utf8))
    }

    private mutating func add(_ entry: Entry) {
        let checksum = entry.checksum ?? Checksum.crc32(entry.contents)
        let size = entry.size ?? UInt32(entry.contents.count)
        let (method, contents) = entry.packed ?? (0, entry.contents)
        let packedSize = UInt32(contents.count)
        let isText = entry.declaresText ?? (String(validating: entry.name, as: UTF8.self) != nil)
        let flags = entry.flags | (entry.isEncrypted ? 1 : 0) | (entry.hasDataDescriptor ? 8 : 0) | (isText ? 0x800 : 0)
        let offset = UInt32(bytes.count)
        let known = entry.hasDataDescriptor ? (0, 0, 0) : (checksum, packedSize, size)
        bytes += Array("PK\u{3}\u{4}".utf8) + Self.halves(20, flags, method, 0, 0x21)
        bytes += Self.words(known.0, known.1, known.2)
        bytes += Self.halves(UInt16(entry.name.count), 0) + entry.name + contents
        if entry.hasDataDescriptor {
            bytes += Array("PK\u{7}\u{8}".utf8) + Self.words(checksum, packedSize, size)
        }
        // Made on Unix.
        directory += Array("PK\u{1}\u{2}".utf8) + Self.halves(0x314, 20, flags, method, 0, 0x21)
        directory += Self.words(checksum, packedSize, size)
        directory +=
            Self.halves(UInt16(entry.name.count), 0, 0, 0, 0) + Self.words(entry.mode << 16, offset) + entry.name
        count += 1
    }

    private func finish(comment: [UInt8]) -> [UInt8] {
        bytes + directory + Array("PK\u{5}\u{6}".utf8) + Self.halves(0, 0, UInt16(count), UInt16(count))
            + Self.words(UInt32(directory.count), UInt32(bytes.count)) + Self.halves(UInt16(comment.count)) + comment
    }

    private func finishLarge() -> [UInt8] {
        let (size, offset) = (UInt32(directory.count), UInt32(bytes.count))
        let end =
            Array("PK\u{6}\u{6}".utf8) + Self.words(44, 0) + Self.halves(45, 45) + Self.words(0, 0)
            + Self.words(count, 0, count, 0, size, 0, offset, 0)
        let locator = Array("PK\u{6}\u{7}".utf8) + Self.words(0, offset + size, 0, 1)
        return bytes + directory + end + locator + Array("PK\u{5}\u{6}".utf8) + Self.halves(0, 0, 0xFFFF, 0xFFFF)
            + Self.words(.max, .max) + Self.halves(0)
    }

    private static func halves(_ values: UInt16...) -> [UInt8] {
        values.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    private static func words(_ values: UInt32...) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    }
}
