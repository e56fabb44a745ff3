// SPDX-License-Identifier: MIT
package import SystemPackage

/// What identifies the file system that a library, or a part of it, lies on.
///
/// Remembered while all is well, and compared before anything is believed to be lost: an unmounted disk leaves an empty
/// directory, not an error. Device numbers are no part of it, since they change with every boot.
package struct VolumeSighting: Hashable, Sendable {
    /// Where it begins, relative to the library's root; empty for that of the root itself.
    package var path: FilePath

    /// The type as the kernel's table of mounts has it, such as `ext4` or `fuse.mergerfs`.
    package var fileSystem: String

    /// What is mounted, such as `/dev/sdb1` or `nas:/books`.
    package var source: String

    /// The directory within the file system that is mounted; `/` but for bind mounts and subvolumes.
    package var subroot: String

    /// Where the mount that holds it is, as an absolute path.
    package var mountPoint: String

    /// Whether `path` is itself a mount point.
    package var isMountRoot: Bool

    /// The number that the file system gives itself; `nil` where it has none.
    package var identifier: UInt64?

    /// The size of the file system in blocks of 1 KiB.
    package var blocks: UInt64

    package init(
        path: FilePath,
        fileSystem: String,
        source: String,
        subroot: String,
        mountPoint: String,
        isMountRoot: Bool,
        identifier: UInt64?,
        blocks: UInt64
    ) {
        self.path = path
        self.fileSystem = fileSystem
        self.source = source
        self.subroot = subroot
        self.mountPoint = mountPoint
        self.isMountRoot = isMountRoot
        self.identifier = identifier
        self.blocks = blocks
    }
}

extension VolumeSighting: Codable {
    private enum CodingKeys: String, CodingKey {
        case path
        case fileSystem = "file_system"
        case source
        case subroot
        case mountPoint = "mount_point"
        case isMountRoot = "is_mount_root"
        case identifier
        case blocks
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        guard let bytes = [UInt8](percentEscaped: try values.decode(String.self, forKey: .path)) else {
            throw DecodingError.dataCorruptedError(forKey: .path, in: values, debugDescription: "a bad escape")
        }
        self.init(
            path: FilePath(bytes: bytes),
            fileSystem: try values.decode(String.self, forKey: .fileSystem),
            source: try values.decode(String.self, forKey: .source),
            subroot: try values.decode(String.self, forKey: .subroot),
            mountPoint: try values.decode(String.self, forKey: .mountPoint),
            isMountRoot: try values.decode(Bool.self, forKey: .isMountRoot),
            identifier: try values.decodeIfPresent(UInt64.self, forKey: .identifier),
            blocks: try values.decode(UInt64.self, forKey: .blocks)
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(path.bytes.percentEscaped, forKey: .path)
        try values.encode(fileSystem, forKey: .fileSystem)
        try values.encode(source, forKey: .source)
        try values.encode(subroot, forKey: .subroot)
        try values.encode(mountPoint, forKey: .mountPoint)
        try values.encode(isMountRoot, forKey: .isMountRoot)
        try values.encodeIfPresent(identifier, forKey: .identifier)
        try values.encode(blocks, forKey: .blocks)
    }
}

extension [UInt8] {
    /// The bytes as ASCII text, all but printable ones as `%` and two hexadecimal digits: a path need not be UTF-8.
    fileprivate var percentEscaped: String {
        var text = ""
        for byte in self {
            if byte > 0x20, byte < 0x7f, byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text
    }

    /// Takes back what `percentEscaped` made; `nil` for a bad escape, or one of NUL, which no path holds.
    fileprivate init?(percentEscaped text: String) {
        self = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexadecimalDigit, let low = rest.popFirst()?.hexadecimalDigit,
                high | low != 0
            else { return nil }
            append(high << 4 | low)
        }
    }
}

extension UInt8 {
    fileprivate var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
