// SPDX-License-Identifier: MIT
import LibraryModel

/// The central directory of a ZIP: what entries there are, and the proof that the file is whole.
///
/// Follows PKWARE's APPNOTE 6.3, ZIP64 included. It is read here, not by libarchive, for it answers in one read at the
/// file's end what a book is, whether its end has arrived, and where the one entry lies that is wanted.
struct ZipDirectory {
    /// Entries in the order of the directory.
    let entries: [ArchiveEntry]

    /// What a ZIP alone says of each entry, in the same order.
    let records: [ZipRecord]

    /// Where the directory lies.
    let extent: Range<Int>

    /// What was written behind the directory: 65,535 bytes at most, in any encoding.
    let comment: [UInt8]

    private static let endLength = 22

    init(_ source: ByteSource) throws(Finding) {
        let end = try Self.end(of: source)
        guard !end.isSplit else {
            throw Finding(.archiveMultivolume, "the archive is one volume of several")
        }
        guard end.entries <= ArchiveLimits.entries, end.size <= ArchiveLimits.directorySize else {
            throw Finding(.tooLarge, "the archive has \(end.entries) entries in a directory of \(end.size) bytes")
        }
        comment = Array(end.comment)
        extent = end.offset..<(end.offset + end.size)
        records = try Self.records(in: try source.bytes(at: end.offset, count: end.size), below: end.offset)
        guard records.count == end.entries else {
            throw Finding(.archiveCorrupt, "the directory has \(records.count) entries, not the \(end.entries) it says")
        }
        let encoding = NameEncoding(ofUndeclared: records.lazy.filter { !$0.namesAreUTF8 }.map(\.name))
        entries = records.enumerated().map { ArchiveEntry($1, ordinal: $0, encoding) }
    }

    /// Whether entries lie on each other, which is how a small file becomes endless work; no honest archive has any.
    func isOverlapping(in source: ByteSource) -> Bool {
        Set(records.map(\.headerOffset)).count < records.count
            || records.reduce(0.0) { $0 + Double($1.compressedSize) } > Double(source.size)
    }

    func entry(named name: some Sequence<UInt8>) -> ArchiveEntry? {
        let name = Array(name)
        return entries.first { $0.name == name }
    }

    /// Proves that every entry begins where the directory says.
    ///
    /// A download that fetches its parts in any order has the end long before the middle, and between them zeros. The
    /// headers are looked at in the order in which they lie, so that a disk reads forward.
    ///
    /// - Throws: ``Finding``, a truncated archive, where one does not.
    func checkParts(of source: ByteSource) throws(Finding) {
        var missing = 0
        for offset in records.map(\.headerOffset).sorted()
        where try !source.bytes(at: offset, count: 4).has("PK\u{3}\u{4}") {
            missing += 1
        }
        guard missing == 0 else {
            throw Finding(.archiveTruncated, "\(missing) of its \(entries.count) parts are not there yet")
        }
    }

    /// What the end record says of the directory.
    private struct End {
        var entries: Int
        var size: Int
        var offset: Int
        var isSplit: Bool
        var comment: ArraySlice<UInt8> = []
    }

    /// Finds the end record: the last one that is followed by no more than it says and has a directory before it.
    private static func end(of source: ByteSource) throws(Finding) -> End {
        var best: Finding?
        let tail = source.tail
        for start in stride(from: tail.count - endLength, through: 0, by: -1)
        where tail[start] == UInt8(ascii: "P") && tail[start...].has("PK\u{5}\u{6}") {
            let record = tail[start...]
            let length = endLength + Int(record.number(at: 20, width: 2))
            guard length <= record.count else { continue }
            let position = source.size - record.count
            var end = try end(record, at: position, of: source)
            end.comment = record.prefix(length).dropFirst(endLength)
            if end.isSplit { return end }
            guard end.size <= position, end.offset <= position - end.size else {
                best = best ?? beyond(end, position: position)
                continue
            }
            if end.entries == 0 && end.size == 0 { return end }
            if end.size >= 4, try source.bytes(at: end.offset, count: 4).has("PK\u{1}\u{2}") { return end }
            // An archive inside a file that was cut has an end too, but the file does not end with it.
            best =
                best
                ?? (length == record.count ? Finding(.archiveCorrupt, "the directory is not where it should be") : nil)
        }
        throw best ?? endless(source)
    }

    private static func end(_ record: ArraySlice<UInt8>, at position: Int, of source: ByteSource) throws(Finding) -> End
    {
        let disk = record.number(at: 4, width: 2)
        let end = End(
            entries: Int(record.number(at: 10, width: 2)),
            size: Int(record.number(at: 12, width: 4)),
            offset: Int(record.number(at: 16, width: 4)),
            isSplit: disk != 0 && disk != 0xFFFF
        )
        guard end.entries == 0xFFFF || end.size == 0xFFFF_FFFF || end.offset == 0xFFFF_FFFF, position >= 76 else {
            return end
        }
        let locator = try source.bytes(at: position - 20, count: 20)
        let start = locator.number(at: 8, width: 8)
        guard locator.has("PK\u{6}\u{7}"), start <= UInt64(position - 76) else { return end }
        let large = try source.bytes(at: Int(start), count: 56)
        guard large.has("PK\u{6}\u{6}") else { return end }
        return End(
            entries: Int(clamping: large.number(at: 32, width: 8)),
            size: Int(clamping: large.number(at: 40, width: 8)),
            offset: Int(clamping: large.number(at: 48, width: 8)),
            isSplit: large.number(at: 16, width: 4) != 0
        )
    }

    private static func beyond(_ end: End, position: Int) -> Finding {
        Finding(
            .archiveTruncated,
            "the directory (\(end.size) bytes at \(end.offset)) lies beyond its end record at \(position)"
        )
    }

    private static func endless(_ source: ByteSource) -> Finding {
        // A split archive is marked in front, and its directory is in another file.
        if let head = try? source.bytes(at: 0, count: min(4, source.size)), head.has("PK\u{7}\u{8}") {
            return Finding(.archiveMultivolume, "the archive is the first volume of several")
        }
        return Finding(.archiveTruncated, "the archive's end is missing after \(source.size) bytes")
    }

    private static func records(in bytes: ArraySlice<UInt8>, below limit: Int) throws(Finding) -> [ZipRecord] {
        var records: [ZipRecord] = []
        var rest = bytes
        while rest.has("PK\u{1}\u{2}"), rest.count >= 46 {
            let name = Int(rest.number(at: 28, width: 2))
            let extra = Int(rest.number(at: 30, width: 2))
            let length = 46 + name + extra + Int(rest.number(at: 32, width: 2))
            guard length <= rest.count, records.count < ArchiveLimits.entries else { break }
            let record = ZipRecord(record: rest.prefix(length), nameLength: name, extraLength: extra)
            guard record.headerOffset <= limit - 30, record.compressedSize <= limit - 30 - record.headerOffset else {
                throw Finding(.archiveCorrupt, "\(String(shown: record.name)) lies outside the archive")
            }
            records.append(record)
            rest = rest.dropFirst(length)
        }
        return records
    }
}
