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

    /// Of an archive, over name, checksum and size of every file in it but those that describe it (`ComicInfo.xml`, `MetronInfo.xml`).
    ///
    /// In the order of the names, so that an archive packed anew stays the same book; `nil` where there is no file.
    static func fingerprint(of entries: [ArchiveEntry]) -> Fingerprint? {
        var digest = FingerprintDigest()
        return digest.add(entries) ? digest.finish() : nil
    }

    /// Of an archive that keeps no checksums, over name and size of the same files, and the first and last 64 KiB.
    ///
    /// Those are part of it because pictures of one size (bitmaps) would else be taken for each other.
    static func fingerprint(
        of entries: [ArchiveEntry],
        withEndsOf source: ByteSource
    ) throws(Finding) -> Fingerprint? {
        var digest = FingerprintDigest()
        _ = digest.add(entries)
        try digest.add(source)
        return digest.finish()
    }

    /// Of any other file, over its size and the first and last 64 KiB; `nil` where it is empty.
    static func fingerprint(of source: ByteSource) throws(Finding) -> Fingerprint? {
        guard source.size > 0 else { return nil }
        var digest = FingerprintDigest()
        try digest.add(source)
        return digest.finish()
    }

    /// Answers whether there is a file among them.
    private mutating func add(_ entries: [ArchiveEntry]) -> Bool {
        let files = entries.filter { !$0.isDirectory && !$0.isDescription }
        for file in files.sorted(by: { $0.storedName.lexicographicallyPrecedes($1.storedName) }) {
            add(UInt64(file.storedName.count))
            add(file.storedName[...])
            add(UInt64(file.checksum ?? 0))
            add(UInt64(file.size))
        }
        return !files.isEmpty
    }

    private mutating func add(_ source: ByteSource) throws(Finding) {
        add(UInt64(source.size))
        let length = min(source.size, Self.sampleLength)
        add(try source.bytes(at: 0, count: length))
        add(source.tail.suffix(length))
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
