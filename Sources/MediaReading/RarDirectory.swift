// SPDX-License-Identifier: MIT
import LibraryModel

/// The headers of a RAR archive, version 1.5 to 4 or 5: what entries there are, and the proof that the file is whole.
///
/// They are read here, one after the other and nothing between them, because libarchive unpacks a solid archive to list
/// it, and libunarr tells neither checksums nor passwords.
struct RarDirectory {
    /// One file or folder.
    struct Record {
        var name: [UInt8] = []
        var nameIsUnicode = false
        var kind = ArchiveEntry.Kind.file
        var size = 0
        var checksum: UInt32?

        /// The record of another checksum than CRC-32, as RAR 5 has it.
        var hash: [UInt8] = []

        var modified: Timestamp?

        /// Where its header begins, and where its packed bytes lie.
        var headerOffset = 0
        var data = 0..<0

        /// Unpacking needs what was unpacked before it.
        var isSolid = false
        var isEncrypted = false

        /// A part of it is in another volume.
        var isSplit = false

        /// Why it cannot be unpacked: “a dictionary of …”.
        var hindrance: String?

        /// RAR 5: version, method and dictionary as the header packs them.
        var compression = 0

        /// It is not packed: its bytes lie as they are.
        var isStored = false

        var hasData: Bool { kind == .file && size > 0 }

        /// It has to be unpacked, and what follows may depend on it.
        var isPacked: Bool { hasData && !isStored }
    }

    let isVersion5: Bool

    /// Whether the archive says that its entries depend on each other.
    let isSolid: Bool
    let records: [Record]
    let entries: [ArchiveEntry]

    /// Of each entry, which have to be unpacked together with it, in their order.
    let runs: [Range<Int>]

    init(_ source: ByteSource) throws(Finding) {
        isVersion5 = try source.bytes(at: 0, count: min(8, source.size)).has("Rar!\u{1A}\u{7}\u{1}\u{0}")
        var walk = RarWalk(source)
        if isVersion5 { try walk.readVersion5() } else { try walk.readVersion4() }
        isSolid = walk.isSolid
        records = walk.records
        runs = records.isEmpty ? [] : Self.runs(of: records)
        let encoding = NameEncoding(ofUndeclared: records.lazy.filter { !$0.nameIsUnicode }.map(\.name))
        entries = records.enumerated().map { ArchiveEntry($1, ordinal: $0, encoding) }
    }

    /// Which entries depend on each other: those since the last that depends on none before it.
    private static func runs(of records: [Record]) -> [Range<Int>] {
        var starts = records.indices.filter { records[$0].isPacked && !records[$0].isSolid }
        if starts.first != 0 { starts.insert(0, at: 0) }
        let ends = starts.dropFirst() + [records.count]
        return zip(starts, ends).flatMap { start, end in [Range<Int>](repeating: start..<end, count: end - start) }
    }
}

/// Goes from header to header.
struct RarWalk {
    let source: ByteSource
    var isSolid = false
    var records: [RarDirectory.Record] = []

    /// Bytes that are read at once where a header is expected; nearly all are shorter.
    private static let glance = 512

    init(_ source: ByteSource) {
        self.source = source
    }

    /// Bytes at an offset, as many as there are; `extent` where more than a glance is known to be needed.
    func glance(at offset: Int, _ extent: Int = RarWalk.glance) throws(Finding) -> ArraySlice<UInt8> {
        guard offset < source.size else { return [] }
        return try source.bytes(at: offset, count: min(extent, source.size - offset))
    }

    mutating func add(_ record: RarDirectory.Record) throws(Finding) {
        try ArchiveLimits.check(count: records.count + 1)
        records.append(record)
    }

    /// A header that makes no sense: bytes that are not there yet, or damage.
    func broken(at offset: Int) throws(Finding) -> Finding {
        // Between the parts that a download has fetched are zeros; one may begin or end within a header.
        let bytes = try glance(at: offset, 128)
        guard bytes.split(whereSeparator: { $0 != 0 }).allSatisfy({ $0.count < 16 }) else {
            return Finding(.archiveTruncated, "the archive's part at \(offset) is not there yet")
        }
        return Finding(.archiveCorrupt, "the header at \(offset) is damaged")
    }

    func cut() -> Finding {
        Finding(.archiveTruncated, "the archive's end is missing after \(source.size) bytes")
    }

    static let hiddenNames = Finding(.archiveEncrypted, "the names in the archive need a password")

    static func volume(_ number: Int?) -> Finding {
        Finding(
            .archiveMultivolume,
            number.map { "the archive is volume \($0) of several" } ?? "the archive is one volume of several"
        )
    }
}

extension ArchiveEntry {
    fileprivate init(_ record: RarDirectory.Record, ordinal: Int, _ encoding: NameEncoding) {
        let name = record.nameIsUnicode ? record.name : encoding.decode(record.name)
        let shown = String(shown: name)
        self.init(
            ordinal: ordinal,
            name: name,
            storedName: record.name,
            kind: record.kind,
            size: record.size,
            checksum: record.checksum,
            position: record.headerOffset,
            modified: record.modified,
            obstacle: record.isEncrypted
                ? .locked(shown) : record.hindrance.map { .unsupported(shown, packedBy: $0) }
        )
    }
}
