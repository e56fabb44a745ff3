// SPDX-License-Identifier: MIT
import CNettle
import LibraryModel

/// Hashes of a book's file, by which other programs know it.
enum FileHash {
    private static let pieceLength = 1 << 20

    /// The SHA-256 of bytes that come one after the other.
    struct Whole {
        private var state = sha256_ctx()

        init() {
            nettle_sha256_init(&state)
        }

        mutating func add(_ bytes: UnsafeRawBufferPointer) {
            nettle_sha256_update(&state, bytes.count, bytes.baseAddress)
        }

        /// The hash; nothing may be added behind it.
        mutating func finish() -> [UInt8] {
            var hash = [UInt8](repeating: 0, count: BookFacts.hashLength)
            nettle_sha256_digest(&state, hash.count, &hash)
            return hash
        }
    }

    /// The SHA-256 of every byte, read once from front to back; `pace` is called now and then.
    static func whole(of source: ByteSource, pace: () -> Void = {}) throws(Finding) -> [UInt8] {
        var hash = Whole()
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceLength, alignment: 16)
        defer { piece.deallocate() }
        var position = 0
        while position < source.size {
            let part = UnsafeMutableRawBufferPointer(rebasing: piece[..<min(piece.count, source.size - position)])
            try source.fill(part, from: position)
            hash.add(UnsafeRawBufferPointer(part))
            position += part.count
            if position >> 28 > (position - part.count) >> 28 { pace() }
        }
        return hash.finish()
    }

    /// The MD5 by which KOReader tells documents apart, its sync server included.
    ///
    /// As `util.partialMD5` in KOReader's `frontend/util.lua` makes it: of up to twelve samples of 1,024 bytes each, at
    /// `lshift(1024, 2 * i)` for i from -1 to 10, up to the first that lies beyond the end. LuaJIT shifts by the count
    /// modulo 32, so that the first offset is 1024 << 30 in 32 bits, which is 0 and not 256.
    static func koreader(of source: ByteSource) throws(Finding) -> [UInt8] {
        var state = md5_ctx()
        nettle_md5_init(&state)
        for offset in [0] + (0...10).map({ 1024 << (2 * $0) }) {
            guard offset < source.size else { break }
            let sample = try source.bytes(at: offset, count: min(1024, source.size - offset))
            sample.withUnsafeBufferPointer { nettle_md5_update(&state, $0.count, $0.baseAddress) }
        }
        var hash = [UInt8](repeating: 0, count: BookFacts.koreaderHashLength)
        nettle_md5_digest(&state, hash.count, &hash)
        return hash
    }
}
