// SPDX-License-Identifier: MIT
import CArchive
import LibraryModel

/// Reads the contents of single entries of a ZIP through libarchive.
///
/// libarchive is not shown the book but a stream of one entry: a local header made of what the central directory says,
/// and the entry's bytes. So the disk is read where the entry lies and nowhere else (libarchive by itself visits every
/// header before it), a name it cannot convert cannot fail, and there is one opinion on what the archive holds.
struct EntryReader {
    let source: ByteSource

    /// The longest XML document that is read, in bytes.
    static let documentLimit = 16 << 20

    /// The largest picture that is read, in bytes.
    static let pictureLimit = 256 << 20

    private static let headerLength = 30

    /// The whole entry, its checksum verified.
    func contents(of entry: ZipEntry, limit: Int) throws(Finding) -> [UInt8] {
        guard !entry.isEncrypted else { throw Finding(.archiveEncrypted, "\(entry.shown) needs a password") }
        guard entry.size <= limit, entry.compressedSize <= limit else {
            throw Finding(.tooLarge, "\(entry.shown) has \(entry.size) bytes, more than the \(limit) that are read")
        }
        let stream = try stream(of: entry)
        do throws(ArchiveFailure) {
            return try stream.withUnsafeBufferPointer { bytes throws(ArchiveFailure) in
                try Self.extract(bytes, count: entry.size)
            }
        } catch {
            throw Finding(.archiveCorrupt, "\(entry.shown): \(error.reason)")
        }
    }

    /// Unpacks an entry of any length, piece by piece, for the sake of its checksum alone.
    func verify(_ entry: ZipEntry) throws(Finding) {
        guard !entry.isEncrypted else { throw Finding(.archiveEncrypted, "\(entry.shown) needs a password") }
        guard entry.size < UInt32.max, entry.compressedSize < UInt32.max else {
            throw Finding(.tooLarge, "\(entry.shown) has \(entry.size) bytes, more than the 4 GiB that are read")
        }
        let stream = EntryStream(source, Self.header(for: entry), from: try start(of: entry), entry.compressedSize)
        do throws(ArchiveFailure) {
            try Self.verify(stream, count: entry.size)
        } catch {
            throw stream.failure ?? Finding(.archiveCorrupt, "\(entry.shown): \(error.reason)")
        }
    }

    /// Where an entry's bytes begin, which its own header tells.
    private func start(of entry: ZipEntry) throws(Finding) -> Int {
        let header = try source.bytes(at: entry.headerOffset, count: Self.headerLength)
        let nameAndExtra = Int(header.number(at: 26, width: 2) + header.number(at: 28, width: 2))
        let start = entry.headerOffset + Self.headerLength + nameAndExtra
        guard header.has("PK\u{3}\u{4}"), start <= source.size - entry.compressedSize else {
            throw Finding(.archiveCorrupt, "\(entry.shown) is not where the directory says")
        }
        return start
    }

    private func stream(of entry: ZipEntry) throws(Finding) -> [UInt8] {
        let start = try start(of: entry)
        let prefix = Self.header(for: entry)
        var failure: Finding?
        let stream = [UInt8](unsafeUninitializedCapacity: prefix.count + entry.compressedSize) { buffer, initialized in
            let end = buffer.initialize(fromContentsOf: prefix)
            do throws(Finding) {
                let rest = UnsafeMutableRawBufferPointer(buffer)[end...]
                try source.fill(UnsafeMutableRawBufferPointer(rebasing: rest), from: start)
                initialized = prefix.count + entry.compressedSize
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return stream
    }

    /// A local header (APPNOTE 4.3.7) with a name of one letter, sizes and checksum in place.
    private static func header(for entry: ZipEntry) -> [UInt8] {
        var bytes = Array("PK\u{3}\u{4}".utf8)
        // Of the flags only those that tell how the bytes are compressed.
        for value in [20, entry.flags & 0b110, entry.method, 0, 0] { bytes.append(littleEndian: value) }
        bytes.append(littleEndian: entry.checksum)
        bytes.append(littleEndian: UInt32(entry.compressedSize))
        bytes.append(littleEndian: UInt32(entry.size))
        bytes.append(littleEndian: UInt16(1))
        bytes.append(littleEndian: UInt16(0))
        return bytes + [UInt8(ascii: "e")]
    }

    private static func verify(_ stream: EntryStream, count: Int) throws(ArchiveFailure) {
        guard let archive = archive_read_new() else { throw ArchiveFailure(reason: "out of memory") }
        defer { archive_read_free(archive) }
        var entry: OpaquePointer?
        guard archive_read_support_format_zip_streamable(archive) == ARCHIVE_OK,
            stream.open(archive) == ARCHIVE_OK, archive_read_next_header(archive, &entry) == ARCHIVE_OK
        else { throw ArchiveFailure(of: archive) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var done = 0
        while true {
            let result = archive_read_data(archive, &buffer, buffer.count)
            guard result >= 0 else { throw ArchiveFailure(of: archive) }
            if result == 0 { break }
            done += result
            guard done <= count else { throw ArchiveFailure(reason: "goes on after \(count) bytes") }
        }
        guard done == count else { throw ArchiveFailure(reason: "ends after \(done) of \(count) bytes") }
    }

    private static func extract(_ bytes: UnsafeBufferPointer<UInt8>, count: Int) throws(ArchiveFailure) -> [UInt8] {
        guard let archive = archive_read_new() else { throw ArchiveFailure(reason: "out of memory") }
        defer { archive_read_free(archive) }
        var entry: OpaquePointer?
        // Every code but OK is a failure: with a warning libarchive goes on with what it guessed.
        guard archive_read_support_format_zip_streamable(archive) == ARCHIVE_OK,
            archive_read_open_memory(archive, bytes.baseAddress, bytes.count) == ARCHIVE_OK,
            archive_read_next_header(archive, &entry) == ARCHIVE_OK
        else { throw ArchiveFailure(of: archive) }
        var result = 0
        let contents = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            result = archive_read_data(archive, buffer.baseAddress, count)
            initialized = max(0, result)
        }
        guard result >= 0 else { throw ArchiveFailure(of: archive) }
        guard result == count else { throw ArchiveFailure(reason: "ends after \(result) of \(count) bytes") }
        // Only at the end is the checksum compared.
        var more: UInt8 = 0
        let end = archive_read_data(archive, &more, 1)
        guard end >= 0 else { throw ArchiveFailure(of: archive) }
        guard end == 0 else { throw ArchiveFailure(reason: "goes on after \(count) bytes") }
        return contents
    }
}

/// What libarchive says is wrong with an entry.
private struct ArchiveFailure: Error {
    let reason: String

    init(reason: String) {
        self.reason = reason
    }

    init(of archive: OpaquePointer) {
        reason = archive_error_string(archive).map { String(cString: $0) } ?? "cannot be unpacked"
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
