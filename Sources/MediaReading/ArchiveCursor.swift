// SPDX-License-Identifier: MIT
import CArchive
import LibraryModel

/// Goes through a stream with libarchive, forward only.
///
/// Every code but OK and the end is a failure: with a warning libarchive goes on with what it guessed.
final class ArchiveCursor {
    private let archive: OpaquePointer
    private let stream: EntryStream
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// Whether libarchive can go on; after some damage it cannot.
    private(set) var isUsable = true

    /// How many entries were reached.
    private(set) var count = 0

    /// `prepare` says what is in the stream, with libarchive's functions for it.
    init(_ stream: EntryStream, prepare: (OpaquePointer) -> [Int32]) throws(Finding) {
        guard let archive = archive_read_new() else { throw Canvas.outOfMemory }
        self.archive = archive
        self.stream = stream
        guard prepare(archive).allSatisfy({ $0 == ARCHIVE_OK }), stream.open(archive) == ARCHIVE_OK else {
            throw failure(nil)
        }
    }

    deinit {
        archive_read_free(archive)
    }

    /// How many bytes of the stream, unpacked where it is packed as a whole, have been gone through.
    var unpackedPosition: Int { Int(archive_filter_bytes(archive, 0)) }

    /// Where the entry reached last begins, in the same measure.
    var headerPosition: Int { Int(archive_read_header_position(archive)) }

    /// Goes to the next entry, where it is known by its name; `nil` at the end.
    func advance(to name: String? = nil) throws(Finding) -> OpaquePointer? {
        var entry: OpaquePointer?
        let result = archive_read_next_header(archive, &entry)
        if result == ARCHIVE_EOF { return nil }
        guard result == ARCHIVE_OK, let entry else {
            isUsable = false
            throw failure(name)
        }
        count += 1
        return entry
    }

    /// Unpacks the entry reached last, which has `size` bytes, as ``Archive/unpack(_:take:)`` does.
    func read(
        _ name: String,
        size: Int,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding) {
        var done = 0
        while true {
            let result = archive_read_data(archive, &buffer, buffer.count)
            guard result >= 0 else {
                isUsable = result == Int(ARCHIVE_WARN)
                throw failure(name)
            }
            // Only at the end is the checksum compared.
            if result == 0 { break }
            done += result
            guard done <= size else { throw Finding(.archiveCorrupt, "\(name): goes on after \(size) bytes") }
            guard buffer.withUnsafeBytes({ take(UnsafeRawBufferPointer(rebasing: $0[..<result])) }) else { return }
        }
        guard done == size else { throw Finding(.archiveCorrupt, "\(name): ends after \(done) of \(size) bytes") }
    }

    /// What libarchive says is wrong with an entry, or with the archive itself.
    private func failure(_ name: String?) -> Finding {
        if let failure = stream.failure { return failure }
        let reason = archive_error_string(archive).map { String(sentence: $0) } ?? "cannot be unpacked"
        let detail = name.map { "\($0): \(reason)" } ?? "the archive: \(reason)"
        let words = reason.lowercased()
        if words.contains("memory") { return Finding(.tooLarge, detail) }
        if name == nil, words.contains("truncated") { return Finding(.archiveTruncated, detail) }
        return Finding(.archiveCorrupt, detail)
    }
}
