// SPDX-License-Identifier: MIT

/// Writes 7z archives of entries that are copied as they are, and, where a test asks for it, faulty ones.
package enum SevenZipWriter {
    package struct Entry {
        package var name: String
        package var contents: [UInt8]

        /// Unix's mode; `nil` for an archive of Windows.
        package var mode: UInt32?

        /// When it was last changed, in tenths of microseconds since 1601.
        package var windowsTime: UInt64?

        package init(_ name: String, _ contents: [UInt8]) {
            (self.name, self.contents) = (name, contents)
        }
    }

    /// How the archive says that its entries are packed: the coder's number and properties.
    package struct Coder {
        package var identifier: [UInt8]
        package var properties: [UInt8]

        package init(_ identifier: [UInt8], _ properties: [UInt8] = []) {
            (self.identifier, self.properties) = (identifier, properties)
        }

        package static let copy = Coder([0])
        package static let aes = Coder([0x06, 0xF1, 0x07, 0x01], [0x13])

        fileprivate var bytes: [UInt8] {
            let flags = UInt8(identifier.count) | (properties.isEmpty ? 0 : 0x20)
            return [1, flags] + identifier + (properties.isEmpty ? [] : number(properties.count) + properties)
        }
    }

    /// An archive of one folder; with `hidesNames` its header is said to be packed by the coder too.
    package static func archive(_ entries: [Entry], _ coder: Coder = .copy, hidesNames: Bool = false) -> [UInt8] {
        let files = entries.filter { !$0.contents.isEmpty }
        let contents = files.flatMap(\.contents)
        var header: [UInt8] = [0x01]
        if !files.isEmpty { header += [0x04] + streams(files, coder) }
        header += [0x05] + number(entries.count)
        if files.count < entries.count {
            header += property(0x0E, bits(entries.map(\.contents.isEmpty)))
            // All of these are files, not folders.
            header += property(0x0F, bits(entries.filter(\.contents.isEmpty).map { _ in true }))
        }
        header += property(
            0x11,
            [0] + entries.flatMap { entry in entry.name.utf16.flatMap { [UInt8].little($0) } + [0, 0] }
        )
        if entries.contains(where: { $0.mode != nil }) {
            header += property(0x15, [1, 0] + entries.flatMap { [UInt8].little(($0.mode ?? 0) << 16 | 0x8020) })
        }
        if entries.contains(where: { $0.windowsTime != nil }) {
            let times = entries.compactMap(\.windowsTime).flatMap { [UInt8].little($0) }
            header += property(0x14, [0] + bits(entries.map { $0.windowsTime != nil }) + [0] + times)
        }
        header += [0, 0]
        guard hidesNames else { return file(contents, header) }
        let outer: [UInt8] =
            [0x17, 0x06] + number(contents.count) + [1, 0x09] + number(header.count) + [0, 0x07, 0x0B, 1, 0]
            + coder.bytes
            + [0x0C] + number(header.count) + [0, 0]
        return file(contents + header, outer)
    }

    private static func file(_ contents: [UInt8], _ header: [UInt8]) -> [UInt8] {
        file(contents, header, offset: contents.count, size: header.count)
    }

    /// An archive of a header that is made by hand, and of what the start says of it.
    package static func file(_ contents: [UInt8], _ header: [UInt8], offset: Int, size: Int) -> [UInt8] {
        let start: [UInt8] = .little(UInt64(offset), UInt64(size)) + .little(Checksum.crc32(header))
        return [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4] + .little(Checksum.crc32(start)) + start + contents + header
    }

    private static func streams(_ files: [Entry], _ coder: Coder) -> [UInt8] {
        let total = files.reduce(0) { $0 + $1.contents.count }
        var bytes: [UInt8] = [0x06, 0, 1, 0x09] + number(total) + [0]
        bytes += [0x07, 0x0B, 1, 0] + coder.bytes + [0x0C] + number(total) + [0]
        bytes += [0x08, 0x0D] + number(files.count)
        if files.count > 1 { bytes += [0x09] + files.dropLast().flatMap { number($0.contents.count) } }
        return bytes + [0x0A, 1] + files.flatMap { [UInt8].little(Checksum.crc32($0.contents)) } + [0, 0]
    }

    private static func property(_ type: UInt8, _ contents: [UInt8]) -> [UInt8] {
        [type] + number(contents.count) + contents
    }

    private static func bits(_ values: [Bool]) -> [UInt8] {
        stride(from: 0, to: values.count, by: 8).map { start in
            values[start...].prefix(8).enumerated().reduce(0) { $0 | ($1.element ? 0x80 >> UInt8($1.offset) : 0) }
        }
    }

    /// A number as the format has it: at most seven bits in one byte, else eight bytes behind a byte of ones.
    package static func number(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [0xFF] + .little(UInt64(value))
    }
}
