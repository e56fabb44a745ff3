// SPDX-License-Identifier: MIT
import CArchive
import Glibc
import LibraryModel

/// Shows libarchive an archive in pieces: headers made for it, and bytes as they lie in the book.
///
/// Nothing is read that libarchive does not ask for: what it skips is passed over.
final class EntryStream {
    enum Segment {
        case made([UInt8])
        case stored(Range<Int>)

        fileprivate var count: Int {
            switch self {
            case .made(let bytes): bytes.count
            case .stored(let range): range.count
            }
        }
    }

    /// Why reading the book failed, where it did.
    private(set) var failure: Finding?

    /// How many bytes were handed out or passed over.
    private(set) var position = 0

    private let source: ByteSource
    private let segments: [Segment]
    private let length: Int

    /// The segment of ``position``, and how far that is into it.
    private var index = 0
    private var offset = 0

    /// Valid until the next piece is asked for.
    private let piece: UnsafeMutableRawBufferPointer

    /// Reads `pieceLength` bytes at a time: few where much is passed over.
    init(_ source: ByteSource, _ segments: [Segment], pieceLength: Int = 256 << 10) {
        self.source = source
        self.segments = segments
        length = segments.reduce(0) { $0 + $1.count }
        piece = .allocate(byteCount: pieceLength, alignment: 16)
    }

    deinit {
        piece.deallocate()
    }

    /// Opens the archive on the stream, which must outlive it.
    func open(_ archive: OpaquePointer) -> Int32 {
        archive_read_set_callback_data(archive, Unmanaged.passUnretained(self).toOpaque())
        archive_read_set_read_callback(archive) { _, context, block in
            guard let context, let block else { return -1 }
            return EntryStream.at(context).next(block)
        }
        archive_read_set_skip_callback(archive) { _, context, count in
            guard let context else { return 0 }
            return Int64(EntryStream.at(context).skip(Int(count)))
        }
        archive_read_set_seek_callback(archive) { _, context, offset, origin in
            guard let context else { return -1 }
            return Int64(EntryStream.at(context).seek(Int(offset), from: origin))
        }
        return archive_read_open1(archive)
    }

    private static func at(_ context: UnsafeMutableRawPointer) -> EntryStream {
        Unmanaged<EntryStream>.fromOpaque(context).takeUnretainedValue()
    }

    /// Fills the next piece and answers its length: 0 at the end, -1 where the book cannot be read.
    private func next(_ block: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        block.pointee = UnsafeRawPointer(piece.baseAddress)
        while index < segments.count, offset == segments[index].count { (index, offset) = (index + 1, 0) }
        guard index < segments.count else { return 0 }
        let count = min(piece.count, segments[index].count - offset)
        let target = UnsafeMutableRawBufferPointer(rebasing: piece[..<count])
        switch segments[index] {
        case .made(let bytes): target.copyBytes(from: bytes[offset..<(offset + count)])
        case .stored(let range):
            do throws(Finding) {
                try source.fill(target, from: range.lowerBound + offset)
            } catch {
                failure = error
                return -1
            }
        }
        position += count
        offset += count
        return count
    }

    private func skip(_ count: Int) -> Int {
        let count = max(0, min(count, length - position))
        var rest = count
        while index < segments.count, rest > 0 {
            let step = min(rest, segments[index].count - offset)
            offset += step
            rest -= step
            if offset == segments[index].count { (index, offset) = (index + 1, 0) }
        }
        position += count
        return count
    }

    private func seek(_ offset: Int, from origin: Int32) -> Int {
        let base = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? position : length
        let (target, isOver) = base.addingReportingOverflow(offset)
        guard !isOver, target >= 0 else { return -1 }
        (position, index, self.offset) = (0, 0, 0)
        return skip(target)
    }
}
