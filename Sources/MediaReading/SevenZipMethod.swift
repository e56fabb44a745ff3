// SPDX-License-Identifier: MIT

/// How a folder of a 7z archive is packed, by the numbers of 7-Zip's `Methods.txt`.
struct SevenZipMethod: RawRepresentable, Hashable {
    let rawValue: UInt64

    static let copy = SevenZipMethod(rawValue: 0)
    static let lzma = SevenZipMethod(rawValue: 0x030101)
    static let lzma2 = SevenZipMethod(rawValue: 0x21)
    static let ppmd = SevenZipMethod(rawValue: 0x030401)

    /// What encrypts: AES-256.
    static let aes = SevenZipMethod(rawValue: 0x06F1_0701)

    /// Those that libarchive 3.6 undoes: beside the above Delta, deflate, bzip2 and the filters for x86 code.
    private static let unpacked: Set<UInt64> = [
        0, 0x03, 0x21, 0x030101, 0x030401, 0x0303_0103, 0x0303_011B, 0x040108, 0x040202,
    ]

    private static let names: [UInt64: String] = [
        0x04: "the filter for x86", 0x05: "the filter for PowerPC", 0x06: "the filter for IA-64",
        0x07: "the filter for ARM", 0x08: "the filter for ARM Thumb", 0x09: "the filter for SPARC",
        0x0A: "the filter for ARM64", 0x0B: "the filter for RISC-V", 0x0303_0205: "the filter for PowerPC",
        0x0303_0401: "the filter for IA-64", 0x0303_0501: "the filter for ARM", 0x0303_0701: "the filter for ARM Thumb",
        0x0303_0805: "the filter for SPARC", 0x040109: "deflate64", 0x04F7_1101: "Zstandard", 0x04F7_1102: "Brotli",
        0x04F7_1104: "LZ4", 0x04F7_1105: "LZ5", 0x04F7_1106: "Lizard", 0x21: "LZMA2", 0x030101: "LZMA",
        0x030401: "PPMd", 0x040108: "deflate", 0x040202: "bzip2", 0x03: "Delta",
    ]

    var isUnpacked: Bool { Self.unpacked.contains(rawValue) }

    /// The method in a sentence: “is packed by …”.
    var name: String { Self.names[rawValue] ?? "method \(String(rawValue, radix: 16))" }
}
