// SPDX-License-Identifier: MIT
package import SystemPackage

/// The name of one directory entry, as the kernel gives it: bytes without `/` and NUL, not necessarily UTF-8.
package struct FileName: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    /// The name for people: bytes that are not UTF-8 become U+FFFD.
    package var text: String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes after the last dot, in lower case, without the dot; empty for `name`, `name.` and `.name`.
    package var lowercasedExtension: [UInt8] {
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return [] }
        return bytes[(dot + 1)...].map { $0.asciiLowercased }
    }

    /// The bytes before the last dot, or all of them where there is no extension.
    package var stem: FileName {
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return self }
        return FileName(bytes: Array(bytes[..<dot]))
    }
}

extension FileName: Comparable {
    package static func < (left: FileName, right: FileName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension FileName: CustomStringConvertible {
    package var description: String { text }
}

extension UInt8 {
    /// The byte with `A`–`Z` folded to `a`–`z` and all others as they are.
    package var asciiLowercased: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }

    package var isASCIIDigit: Bool {
        self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9")
    }
}

extension FilePath {
    /// Makes a path of raw bytes; the empty array is the library root itself.
    package init(bytes: [UInt8]) {
        self = bytes.withUnsafeBufferPointer { buffer in
            FilePath(platformString: buffer.map { CChar(bitPattern: $0) } + [0])
        }
    }

    /// The path's bytes without the terminating NUL.
    package var bytes: [UInt8] {
        withPlatformString { pointer in
            Array(UnsafeRawBufferPointer(start: pointer, count: length))
        }
    }

    package func appending(_ name: FileName) -> FilePath {
        FilePath(bytes: isEmpty ? name.bytes : bytes + [UInt8(ascii: "/")] + name.bytes)
    }

    /// The names on the way from the root of this path to its end.
    package var names: [FileName] {
        bytes.split(separator: UInt8(ascii: "/")).map { FileName(bytes: Array($0)) }
    }

    /// Whether this path is `ancestor` or lies below it, component by component: `/books2` is not below `/books`.
    package func isWithin(_ ancestor: FilePath) -> Bool {
        ancestor.isEmpty ? isRelative : starts(with: ancestor)
    }
}
