// SPDX-License-Identifier: MIT
import CNettle
import LibraryModel

/// Makes ``Fingerprint``s: SHA-256, cut to 16 bytes.
struct FingerprintDigest {
    private var state = sha256_ctx()

    private static let sampleLength = 65_536

    private init() {
        nettle_sha256_init(&state)
    }

    /// Of a ZIP, over name, checksum and size of every file in it but `ComicInfo.xml`.
    ///
    /// In the order of the names, so that an archive packed anew stays the same book; `nil` where there is no file.
    static func fingerprint(of entries: [ZipEntry]) -> Fingerprint? {
        let files = entries.filter { !$0.isDirectory && !$0.isComicInfo }
        guard !files.isEmpty else { return nil }
        var digest = FingerprintDigest()
        for file in files.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            digest.add(UInt64(file.name.count))
            digest.add(file.name[...])
            digest.add(UInt64(file.checksum))
            digest.add(UInt64(file.size))
        }
        return digest.finish()
    }

    /// Of any other file, over its size and the first and last 64 KiB; `nil` where it is empty.
    static func fingerprint(of source: ByteSource) throws(Finding) -> Fingerprint? {
        guard source.size > 0 else { return nil }
        var digest = FingerprintDigest()
        digest.add(UInt64(source.size))
        let length = min(source.size, sampleLength)
        digest.add(try source.bytes(at: 0, count: length))
        digest.add(source.tail.suffix(length))
        return digest.finish()
    }

    private mutating func add(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { nettle_sha256_update(&state, $0.count, $0.baseAddress) }
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBufferPointer { nettle_sha256_update(&state, $0.count, $0.baseAddress) }
    }

    private mutating func finish() -> Fingerprint? {
        var bytes = [UInt8](repeating: 0, count: Fingerprint.byteCount)
        nettle_sha256_digest(&state, bytes.count, &bytes)
        return Fingerprint(bytes: bytes)
    }
}
