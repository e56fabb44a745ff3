// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel

/// The bytes of one book behind a descriptor, read by position.
///
/// The last 64 KiB are read at once and kept, for that is where a ZIP is opened; a small book costs one call in all.
/// The descriptor's own position is of no account, and nothing is mapped unasked: a file cut while it is read is a
/// finding, not a signal.
struct ByteSource {
    /// The longest end of a ZIP: 22 bytes and a comment of 65,535.
    static let tailLength = 65_557

    let size: Int
    let tail: ArraySlice<UInt8>
    private let descriptor: Int32

    init(descriptor: Int32) throws(Finding) {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw Self.unreadable(errno) }
        self.descriptor = descriptor
        size = Int(end)
        let length = min(size, Self.tailLength)
        tail = try Self.read(descriptor, at: size - length, count: length)[...]
    }

    /// The bytes in a range that the caller knows to lie within ``size``.
    func bytes(at offset: Int, count: Int) throws(Finding) -> ArraySlice<UInt8> {
        precondition(offset >= 0 && count >= 0 && offset <= size - count, "\(count) bytes at \(offset) of \(size)")
        let start = offset - (size - tail.count)
        guard start < 0 else { return tail[start..<(start + count)] }
        return try Self.read(descriptor, at: offset, count: count)[...]
    }

    /// Fills a buffer from `offset` on; the range lies within ``size``.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws(Finding) {
        let start = offset - (size - tail.count)
        guard start < 0 else {
            buffer.copyBytes(from: tail[start..<(start + buffer.count)])
            return
        }
        try Self.fill(buffer, descriptor, at: offset)
    }

    /// A private map of bytes that the caller may write in, to be unmapped by it; `nil` where there is no room.
    ///
    /// Who reads a map of a file that is cut meanwhile dies by a signal: for libraries that take nothing but memory.
    func mapped(from offset: Int, count: Int) -> UnsafeMutableRawPointer? {
        let map = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, off_t(offset))
        return map == MAP_FAILED ? nil : map
    }

    private static func read(_ descriptor: Int32, at offset: Int, count: Int) throws(Finding) -> [UInt8] {
        var failure: Finding?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(Finding) {
                try fill(UnsafeMutableRawBufferPointer(buffer), descriptor, at: offset)
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer,
        _ descriptor: Int32,
        at offset: Int
    ) throws(Finding) {
        var done = 0
        while done < buffer.count {
            let start = buffer.baseAddress?.advanced(by: done)
            let count = pread(descriptor, start, buffer.count - done, off_t(offset + done))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(errno) }
            guard count > 0 else { throw Finding(.unreadable, "the file became shorter while it was read") }
            done += count
        }
    }

    static func unreadable(_ code: Int32) -> Finding {
        Finding(.unreadable, "reading failed: \(String(cString: strerror(code)))")
    }
}

extension ArraySlice<UInt8> {
    /// The little-endian number of `width` bytes at `offset` from the start of the slice.
    func number(at offset: Int, width: Int) -> UInt64 {
        self[(startIndex + offset)..<(startIndex + offset + width)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Whether the slice has `signature` at `offset` from its start.
    func has(_ signature: StaticString, at offset: Int = 0) -> Bool {
        let signature = UnsafeBufferPointer(start: signature.utf8Start, count: signature.utf8CodeUnitCount)
        return dropFirst(offset).starts(with: signature)
    }
}
