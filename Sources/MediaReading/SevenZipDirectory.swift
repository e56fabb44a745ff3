// SPDX-License-Identifier: MIT
import CArchive
import LibraryModel

/// The header of a 7z archive, which lies at its end: what entries there are, and the proof that the file is whole.
///
/// It is read here as 7-Zip's `7zFormat.txt` describes it, for libarchive tells neither checksums nor passwords.
struct SevenZipDirectory {
    let entries: [ArchiveEntry]

    /// In which folder (entries that are packed together) an entry lies; `nil` where it has no bytes.
    let folders: [Int?]

    /// Where the packed bytes of each folder begin, and whether they are packed at all.
    let packs: [(start: Int, isPacked: Bool)]

    private static let startLength = 32

    init(_ source: ByteSource) throws(Finding) {
        var header = try Self.header(of: source)
        // A header that is packed is described by another that is not; libarchive stops at the same depth.
        for _ in 0..<4 {
            let parsed: SevenZipHeader
            do throws(HeaderBytes.Malformed) {
                parsed = try SevenZipHeader(header)
            } catch {
                throw Self.damaged
            }
            if let problem = parsed.problem { throw problem }
            guard parsed.isPacked else {
                self.init(parsed, of: source)
                return
            }
            header = try Self.unpack(parsed, source)
        }
        throw Self.damaged
    }

    /// The bytes that say what is in the archive, as they lie at its end.
    private static func header(of source: ByteSource) throws(Finding) -> ArraySlice<UInt8> {
        guard source.size >= startLength else { throw cut(source) }
        let start = try source.bytes(at: 0, count: startLength)
        // The start is written when all else is.
        guard start.dropFirst(8).contains(where: { $0 != 0 }) else { throw cut(source) }
        guard CRC32.value(of: start.dropFirst(12)) == UInt32(start.number(at: 8, width: 4)) else { throw damaged }
        let (offset, size) = (
            Int(clamping: start.number(at: 12, width: 8)), Int(clamping: start.number(at: 20, width: 8))
        )
        guard size <= ArchiveLimits.directorySize else { throw tooLarge(size) }
        guard offset <= source.size - startLength - size else { throw cut(source) }
        let header = try source.bytes(at: startLength + offset, count: size)
        guard CRC32.value(of: header) == UInt32(start.number(at: 28, width: 4)) else {
            throw header.contains { $0 != 0 } ? damaged : cut(source)
        }
        return header
    }

    /// Unpacks a header with libarchive, as if it were a file of its own: LZMA is all that is ever used for it.
    private static func unpack(_ header: SevenZipHeader, _ source: ByteSource) throws(Finding) -> ArraySlice<UInt8> {
        guard header.folders.count == 1, let folder = header.folders.first, folder.coders.count == 1,
            let coder = folder.coders.first, let packed = header.packSizes.first
        else { throw damaged }
        guard folder.size <= ArchiveLimits.directorySize else { throw tooLarge(folder.size) }
        let start = startLength + header.packPosition
        guard header.packPosition >= 0, packed <= source.size, start <= source.size - packed else { throw cut(source) }
        let contents = EntryStream.Segment.stored(start..<(start + packed))
        var bytes: [UInt8] = []
        switch coder.method {
        case .copy: bytes = Array(try source.bytes(at: start, count: packed))
        case .lzma where coder.properties.count == 5:
            var prefix = Array(coder.properties)
            prefix.append(littleEndian: UInt64(folder.size))
            let cursor = try ArchiveCursor(EntryStream(source, [.made(prefix), contents])) {
                [archive_read_append_filter($0, ARCHIVE_FILTER_LZMA), archive_read_support_format_raw($0)]
            }
            guard try cursor.advance(to: "the archive's header") != nil else { throw damaged }
            try cursor.read("the archive's header", size: folder.size) { piece in
                bytes += piece
                return true
            }
        default: throw Finding.unsupported("the archive's header", packedBy: coder.method.name)
        }
        guard folder.checksum == nil || folder.checksum == CRC32.value(of: bytes[...]) else { throw damaged }
        return bytes[...]
    }

    private init(_ header: SevenZipHeader, of source: ByteSource) {
        var start = Self.startLength + header.packPosition
        var pack = 0
        packs = header.folders.map { folder in
            defer {
                for size in header.packSizes.dropFirst(pack).prefix(folder.packCount) {
                    start += min(size, source.size)
                }
                pack += folder.packCount
            }
            return (start, folder.coders.contains { $0.method != .copy })
        }
        folders = header.files.map(\.folder)
        entries = header.files.enumerated().map { ordinal, file in
            let shown = String(shown: file.name)
            let obstacle = file.folder.flatMap { header.folders[$0].obstacle(to: shown) }
            return ArchiveEntry(
                ordinal: ordinal,
                name: file.name,
                storedName: file.name,
                kind: file.kind,
                size: file.size,
                checksum: file.checksum,
                position: ordinal,
                modified: file.modified,
                obstacle: obstacle
            )
        }
    }

    /// Proves that what is packed begins where the header says, as ``ZipDirectory/checkParts(of:)`` does.
    func checkParts(of source: ByteSource) throws(Finding) {
        var missing = 0
        // Packed bytes never are zeros for long.
        for pack in packs where pack.isPacked && pack.start < source.size {
            let bytes = try source.bytes(at: pack.start, count: min(64, source.size - pack.start))
            if bytes.count == 64, bytes.allSatisfy({ $0 == 0 }) { missing += 1 }
        }
        guard missing == 0 else {
            throw Finding(.archiveTruncated, "\(missing) of its \(packs.count) parts are not there yet")
        }
    }

    private static let damaged = Finding(.archiveCorrupt, "the archive's header is damaged")

    private static func cut(_ source: ByteSource) -> Finding {
        Finding(.archiveTruncated, "the archive's end is missing after \(source.size) bytes")
    }

    private static func tooLarge(_ size: Int) -> Finding {
        Finding(.tooLarge, "the archive has a header of \(size) bytes")
    }
}
