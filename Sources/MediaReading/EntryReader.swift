// SPDX-License-Identifier: MIT
import CArchive
import LibraryModel

/// Reads the contents of single entries of a ZIP through libarchive.
///
/// libarchive is not shown the book but a stream of one entry: a local header made of what the central directory says,
/// and the entry's bytes. So the disk is read where the entry lies and nowhere else (libarchive by itself visits every
/// header before it), a name it cannot convert cannot fail, and there is one opinion on what the archive holds.
struct EntryReader: Archive {
    let source: ByteSource
    let directory: ZipDirectory

    private static let headerLength = 30

    /// With `checksParts` each entry has to begin where the directory says.
    init(_ source: ByteSource, checksParts: Bool) throws(Finding) {
        self.source = source
        directory = try ZipDirectory(source)
        try ArchiveLimits.check(directory.entries, of: source.size)
        if checksParts { try directory.checkParts(of: source) }
        guard !directory.isOverlapping(in: source) else {
            throw Finding(.bomb, "the archive's entries lie on each other")
        }
    }

    var entries: [ArchiveEntry] { directory.entries }
    var comment: [UInt8] { directory.comment }
    var isSeekable: Bool { true }

    func unpack(
        _ entry: ArchiveEntry,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding) {
        let record = directory.records[entry.ordinal]
        let start = try start(of: record, named: entry.shown)
        let contents = EntryStream.Segment.stored(start..<(start + record.compressedSize))
        guard record.method != .zstandard else {
            return try unpackZstandard(entry, contents, take: take)
        }
        let stream = EntryStream(source, [.made(Self.header(for: record)), contents])
        let cursor = try ArchiveCursor(stream) { [archive_read_support_format_zip_streamable($0)] }
        guard try cursor.advance(to: entry.shown) != nil else {
            throw Finding(.archiveCorrupt, "\(entry.shown): has no contents")
        }
        try cursor.read(entry.shown, size: entry.size, take: take)
    }

    /// libarchive 3.6 knows Zstandard, but not within a ZIP; so the checksum is compared here.
    private func unpackZstandard(
        _ entry: ArchiveEntry,
        _ contents: EntryStream.Segment,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding) {
        // A stream of no bytes is no archive for libarchive.
        guard entry.size > 0 else { return }
        let cursor = try ArchiveCursor(EntryStream(source, [contents])) {
            [archive_read_append_filter($0, ARCHIVE_FILTER_ZSTD), archive_read_support_format_raw($0)]
        }
        guard try cursor.advance(to: entry.shown) != nil else {
            throw Finding(.archiveCorrupt, "\(entry.shown): has no contents")
        }
        var checksum = CRC32()
        var isWanted = true
        try cursor.read(entry.shown, size: entry.size) { piece in
            checksum.add(piece)
            isWanted = take(piece)
            return isWanted
        }
        guard !isWanted || checksum.value == entry.checksum else {
            throw Finding(.archiveCorrupt, "\(entry.shown): its checksum is not the one in the directory")
        }
    }

    /// Where an entry's bytes begin, which its own header tells.
    private func start(of record: ZipRecord, named name: String) throws(Finding) -> Int {
        let header = try source.bytes(at: record.headerOffset, count: Self.headerLength)
        let nameAndExtra = Int(header.number(at: 26, width: 2) + header.number(at: 28, width: 2))
        let start = record.headerOffset + Self.headerLength + nameAndExtra
        guard header.has("PK\u{3}\u{4}"), start <= source.size - record.compressedSize else {
            throw Finding(.archiveCorrupt, "\(name) is not where the directory says")
        }
        return start
    }

    /// A local header (APPNOTE 4.3.7) with a name of one letter, sizes and checksum in place.
    private static func header(for record: ZipRecord) -> [UInt8] {
        let isLarge = record.size >= UInt32.max || record.compressedSize >= UInt32.max
        var bytes = Array("PK\u{3}\u{4}".utf8)
        // Of the flags only those that tell how the bytes are compressed.
        for value in [isLarge ? 45 : 20, record.flags & 0b110, record.method.rawValue, 0, 0] {
            bytes.append(littleEndian: value)
        }
        bytes.append(littleEndian: record.checksum)
        bytes.append(littleEndian: isLarge ? UInt32.max : UInt32(record.compressedSize))
        bytes.append(littleEndian: isLarge ? UInt32.max : UInt32(record.size))
        bytes.append(littleEndian: UInt16(1))
        bytes.append(littleEndian: UInt16(isLarge ? 20 : 0))
        bytes.append(UInt8(ascii: "e"))
        guard isLarge else { return bytes }
        for value: UInt16 in [1, 16] { bytes.append(littleEndian: value) }
        for value in [record.size, record.compressedSize] { bytes.append(littleEndian: UInt64(value)) }
        return bytes
    }
}

extension [UInt8] {
    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
