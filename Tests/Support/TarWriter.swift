// SPDX-License-Identifier: MIT

/// Writes tar archives as POSIX.1-1988 describes them, and, where a test asks for it, faulty ones.
package enum TarWriter {
    package struct Entry {
        package var name: [UInt8]
        package var contents: [UInt8]

        /// `0` a file, `2` a symbolic link, `3` a device, `5` a folder.
        package var type: Character = "0"

        /// A size other than the contents'.
        package var size: Int?

        /// When it was last changed, in seconds since 1970.
        package var modified = 0

        package init(_ name: String, _ contents: [UInt8]) {
            self.init(Array(name.utf8), contents)
        }

        package init(_ name: [UInt8], _ contents: [UInt8]) {
            (self.name, self.contents) = (name, contents)
        }
    }

    /// With `isMarked` off as Unix of the seventh edition wrote it, without `ustar`.
    package static func archive(_ entries: [Entry], isMarked: Bool = true) -> [UInt8] {
        entries.flatMap { header($0, isMarked) + padded($0.contents) } + [UInt8](repeating: 0, count: 1024)
    }

    package static func header(_ entry: Entry, _ isMarked: Bool = true) -> [UInt8] {
        var header = field(entry.name, 100) + octal(0o644, 8) + octal(0, 8) + octal(0, 8)
        header +=
            octal(entry.size ?? entry.contents.count, 12) + octal(entry.modified, 12)
            + [UInt8](repeating: 0x20, count: 8)
        header += [entry.type.asciiValue ?? 0] + field(Array((entry.type == "2" ? "/etc/hostname" : "").utf8), 100)
        header += field(isMarked ? Array("ustar\u{0}00".utf8) : [], 8) + [UInt8](repeating: 0, count: 247)
        let sum = header.reduce(0) { $0 + Int($1) }
        header.replaceSubrange(148..<156, with: octal(sum, 7) + [0x20])
        return header
    }

    private static func padded(_ contents: [UInt8]) -> [UInt8] {
        contents + [UInt8](repeating: 0, count: (512 - contents.count % 512) % 512)
    }

    private static func field(_ bytes: [UInt8], _ width: Int) -> [UInt8] {
        precondition(bytes.count <= width, "a name of \(bytes.count) bytes")
        return bytes + [UInt8](repeating: 0, count: width - bytes.count)
    }

    private static func octal(_ value: Int, _ width: Int) -> [UInt8] {
        let digits = String(value, radix: 8)
        return Array((String(repeating: "0", count: width - 1 - digits.count) + digits).utf8) + [0]
    }
}
