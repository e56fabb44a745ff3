// SPDX-License-Identifier: MIT

/// How an entry of a ZIP is packed (APPNOTE 4.4.5).
struct ZipMethod: RawRepresentable, Hashable {
    let rawValue: UInt16

    static let zstandard = ZipMethod(rawValue: 93)

    /// Not a way of packing but of encrypting: the true method is in the extra field.
    static let aes = ZipMethod(rawValue: 99)

    private static let unpacked: Set<UInt16> = [0, 8, 12, 14, 93, 95, 98]

    private static let names: [UInt16: String] = [
        0: "stored", 1: "shrink", 2: "reduce", 3: "reduce", 4: "reduce", 5: "reduce", 6: "implode", 8: "deflate",
        9: "deflate64", 10: "PKWARE's implode", 12: "bzip2", 14: "LZMA", 16: "IBM CMPSC", 18: "IBM TERSE",
        19: "IBM LZ77", 20: "the first Zstandard", 92: "no method", 93: "Zstandard", 94: "MP3", 95: "XZ",
        96: "JPEG variant", 97: "WavPack", 98: "PPMd", 99: "AES",
    ]

    /// Whether libarchive undoes it.
    var isUnpacked: Bool { Self.unpacked.contains(rawValue) }

    /// The method in a sentence: “is packed by …”.
    var name: String { Self.names[rawValue] ?? "method \(rawValue)" }
}
