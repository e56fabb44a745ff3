// SPDX-License-Identifier: MIT
import CArchive
import Glibc
import LibraryModel

/// Reads a tar archive, packed as a whole or not, with libarchive.
///
/// One that is not packed is opened anew at the entry that is wanted. One that is has to be unpacked to be listed, and
/// so the documents in it are kept on the way; from then on, who goes through the entries in their order unpacks it
/// once.
final class TarArchive: Archive {
    private(set) var entries: [ArchiveEntry] = []
    let isSeekable: Bool
    private let source: ByteSource

    private let kind: ContainerKind

    /// Documents that were met while listing, by their ordinals; of a packed archive alone.
    private var documents: [Int: [UInt8]] = [:]
    private var documentRoom = 4 << 20

    /// The entry at which a packed archive could not be unpacked any more.
    private var brokenAt = Int.max

    /// Where the last call left off, and the ordinal that comes next.
    private var place: (next: Int, cursor: ArchiveCursor)?

    init(_ source: ByteSource, _ kind: ContainerKind) throws(Finding) {
        self.source = source
        self.kind = kind
        isSeekable = kind.filter == nil
        try list()
        try ArchiveLimits.check(entries, of: source.size)
    }

    func unpack(
        _ entry: ArchiveEntry,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding) {
        guard entry.kind == .file, entry.size > 0 else { return }
        if let document = documents[entry.ordinal] {
            _ = document.withUnsafeBytes(take)
            return
        }
        guard isSeekable || entry.ordinal <= brokenAt else {
            throw Finding(
                .archiveCorrupt,
                "\(entry.shown): cannot be unpacked, for what is packed before it is damaged"
            )
        }
        var (next, cursor) = try place(before: entry)
        place = nil
        while next <= entry.ordinal {
            guard try cursor.advance(to: entry.shown) != nil else {
                throw Finding(.archiveCorrupt, "\(entry.shown): is not where it was")
            }
            next += 1
        }
        defer { if cursor.isUsable { place = (next, cursor) } else { brokenAt = entry.ordinal } }
        try cursor.read(entry.shown, size: entry.size, take: take)
    }

    private func place(before entry: ArchiveEntry) throws(Finding) -> (Int, ArchiveCursor) {
        if let place, place.next == entry.ordinal || (!isSeekable && place.next < entry.ordinal) { return place }
        return isSeekable ? (entry.ordinal, try cursor(from: entry.position)) : (0, try cursor(from: 0))
    }

    private func cursor(from start: Int, pieceLength: Int = 256 << 10) throws(Finding) -> ArchiveCursor {
        let stream = EntryStream(source, [.stored(start..<source.size)], pieceLength: pieceLength)
        return try ArchiveCursor(stream) { archive in
            // One filter and no more: what is packed twice is no archive but a trap.
            (kind.filter.map { [archive_read_append_filter(archive, $0)] } ?? []) + [
                archive_read_support_format_tar(archive)
            ]
        }
    }

    private func list() throws(Finding) {
        var (cursor, next) = try first()
        var found: [(name: [UInt8], kind: ArchiveEntry.Kind, size: Int, position: Int, modified: Timestamp?)] = []
        while let entry = next {
            try ArchiveLimits.check(count: found.count + 1)
            let size = archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : 0
            guard size >= 0, size < 1 << 56 else { throw Finding(.archiveCorrupt, "an entry has \(size) bytes") }
            if !isSeekable { try ArchiveLimits.check(unpacked: cursor.unpackedPosition + size, of: source.size) }
            let item = (
                name: Self.name(of: entry), kind: Self.kind(of: entry), size: size, position: cursor.headerPosition,
                modified: archive_entry_mtime_is_set(entry) != 0
                    ? Timestamp(nearestSecond: Int64(archive_entry_mtime(entry))) : nil
            )
            if !isSeekable, item.kind == .file { try keepDocument(item.name, size, at: found.count, cursor) }
            found.append(item)
            next = try cursor.advance()
        }
        if isSeekable { try checkEnd(cursor) }
        let encoding = NameEncoding(ofUndeclared: found.map(\.name))
        entries = found.enumerated().map { ordinal, item in
            ArchiveEntry(
                ordinal: ordinal,
                name: encoding.decode(item.name),
                storedName: item.name,
                kind: item.kind,
                size: item.size,
                checksum: nil,
                position: item.position,
                modified: item.modified,
                obstacle: nil
            )
        }
    }

    /// A cursor at the first entry; what is packed and is no archive was never a book.
    private func first() throws(Finding) -> (ArchiveCursor, OpaquePointer?) {
        do throws(Finding) {
            // Of an archive that is not packed headers alone are read.
            let cursor = try cursor(from: 0, pieceLength: isSeekable ? 4 << 10 : 256 << 10)
            return (cursor, try cursor.advance())
        } catch {
            guard error.detail.contains("Unrecognized") else { throw error }
            if let filter = kind.filter { try checkStart(filter) }
            throw Finding(.unsupportedFormat, "the file is \(kind.name), and no tar archive is within")
        }
    }

    /// Throws what keeps so much as the first bytes from being unpacked: of some packers they are not short of 900,000.
    private func checkStart(_ filter: Int32) throws(Finding) {
        do throws(Finding) {
            try readStart(filter)
        } catch {
            throw Finding(.archiveTruncated, "what there is of the archive, \(source.size) bytes, cannot be unpacked")
        }
    }

    private func readStart(_ filter: Int32) throws(Finding) {
        let cursor = try ArchiveCursor(EntryStream(source, [.stored(0..<source.size)])) {
            [archive_read_append_filter($0, filter), archive_read_support_format_raw($0)]
        }
        guard try cursor.advance() != nil else { return }
        try cursor.read("the archive", size: .max) { _ in false }
    }

    private func keepDocument(
        _ name: [UInt8],
        _ size: Int,
        at ordinal: Int,
        _ cursor: ArchiveCursor
    ) throws(Finding) {
        guard size > 0, size <= documentRoom, FileName(bytes: name).lowercasedExtension == Array("xml".utf8) else {
            return
        }
        var document: [UInt8] = []
        try cursor.read(String(shown: name), size: size) { piece in
            document += piece
            return true
        }
        documentRoom -= size
        documents[ordinal] = document
    }

    /// Proves that the archive ends as it should, with blocks of zeros, and that nothing comes behind them: a download
    /// that fetches its parts in any order has zeros in its middle too.
    private func checkEnd(_ cursor: ArchiveCursor) throws(Finding) {
        guard source.tail.count >= 512, source.tail.suffix(512).allSatisfy({ $0 == 0 }) else {
            throw Finding(.archiveTruncated, "the archive's end is missing after \(source.size) bytes")
        }
        var offset = cursor.unpackedPosition
        // Archives are filled up with zeros, by 10 KiB as a rule; of more a few samples are looked at.
        let step = max(4096, (source.size - offset) / 64)
        while offset < source.size {
            let bytes = try source.bytes(at: offset, count: min(512, source.size - offset))
            guard bytes.allSatisfy({ $0 == 0 }) else {
                throw Finding(.archiveTruncated, "the archive's part at \(cursor.unpackedPosition) is not there yet")
            }
            offset += step
        }
    }

    private static func name(of entry: OpaquePointer) -> [UInt8] {
        // The bytes as they are; a name that is declared to be UTF-8 has none where the locale is another.
        guard let name = archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry) else { return [] }
        return Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
    }

    private static func kind(of entry: OpaquePointer) -> ArchiveEntry.Kind {
        if archive_entry_hardlink(entry) != nil { return .other }
        switch archive_entry_filetype(entry) {
        case 0x8000: return .file
        case 0x4000: return .directory
        default: return .other
        }
    }
}
