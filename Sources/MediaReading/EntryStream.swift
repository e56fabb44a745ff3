// SPDX-License-Identifier: MIT
import CArchive
import LibraryModel

/// Shows libarchive one entry in pieces: a header made for it, then its bytes as they lie in the book.
final class EntryStream {
    /// Why reading the book failed, where it did.
    private(set) var failure: Finding?

    private let source: ByteSource
    private let prefix: [UInt8]
    private var position: Int
    private let end: Int
    private var hasBegun = false

    /// Valid until the next piece is asked for.
    private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)

    init(_ source: ByteSource, _ prefix: [UInt8], from start: Int, _ count: Int) {
        precondition(prefix.count <= piece.count, "a header of \(prefix.count) bytes")
        self.source = source
        self.prefix = prefix
        position = start
        end = start + count
    }

    deinit {
        piece.deallocate()
    }

    /// Opens the archive on the stream, which must outlive it.
    func open(_ archive: OpaquePointer) -> Int32 {
        archive_read_open(
            archive,
            Unmanaged.passUnretained(self).toOpaque(),
            nil,
            { _, context, block in
                guard let context, let block else { return -1 }
                let stream = Unmanaged<EntryStream>.fromOpaque(context).takeUnretainedValue()
                return stream.next(block)
            },
            nil
        )
    }

    /// Fills the next piece and answers its length: 0 at the end, -1 where the book cannot be read.
    private func next(_ block: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        block.pointee = UnsafeRawPointer(piece.baseAddress)
        guard hasBegun else {
            hasBegun = true
            piece.copyBytes(from: prefix)
            return prefix.count
        }
        let count = min(piece.count, end - position)
        do throws(Finding) {
            try source.fill(UnsafeMutableRawBufferPointer(rebasing: piece[..<count]), from: position)
        } catch {
            failure = error
            return -1
        }
        position += count
        return count
    }
}
