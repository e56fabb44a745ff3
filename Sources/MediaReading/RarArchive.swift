// SPDX-License-Identifier: MIT
import LibraryModel

/// Reads a RAR archive; what is packed is unpacked for version 5 by libarchive, for those before by libunarr.
///
/// Who goes through the entries in their order unpacks a solid archive once, however many there are.
final class RarArchive: Archive {
    private let source: ByteSource
    private let directory: RarDirectory

    /// Where the last call left off.
    private var place: (run: Range<Int>, next: Int, unpacker: any RarUnpacker)?

    /// The entry at which nothing in its run could be unpacked any more.
    private var broken: (run: Range<Int>, ordinal: Int)?

    init(_ source: ByteSource) throws(Finding) {
        self.source = source
        directory = try RarDirectory(source)
        try ArchiveLimits.check(directory.entries, of: source.size)
    }

    var entries: [ArchiveEntry] { directory.entries }
    var isSeekable: Bool { !directory.records.contains { $0.isSolid && $0.isPacked } }

    func unpack(
        _ entry: ArchiveEntry,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding) {
        let record = directory.records[entry.ordinal]
        guard record.hasData else { return }
        var checksum = CRC32()
        var isWhole = true
        // libarchive compares no checksum of what is stored, and no one does behind an unpacker that was left early.
        let sum: (UnsafeRawBufferPointer) -> Bool = { piece in
            checksum.add(piece)
            isWhole = take(piece)
            return isWhole
        }
        if record.isStored {
            try copy(record, named: entry.shown, take: sum)
        } else {
            try unpack(record, at: entry.ordinal, named: entry.shown, take: sum)
        }
        guard !isWhole || record.checksum == nil || record.checksum == checksum.value else {
            throw Finding(.archiveCorrupt, "\(entry.shown): its checksum is not the one in the archive")
        }
    }

    private func copy(
        _ record: RarDirectory.Record,
        named name: String,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding) {
        guard record.data.count == record.size else {
            throw Finding(.archiveCorrupt, "\(name): ends after \(record.data.count) of \(record.size) bytes")
        }
        var offset = record.data.lowerBound
        while offset < record.data.upperBound {
            let piece = try source.bytes(at: offset, count: min(256 << 10, record.data.upperBound - offset))
            guard piece.withUnsafeBytes(take) else { return }
            offset += piece.count
        }
    }

    private func unpack(
        _ record: RarDirectory.Record,
        at ordinal: Int,
        named name: String,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding) {
        let run = directory.runs[ordinal]
        if let broken, broken.run == run, broken.ordinal < ordinal {
            throw Finding(.archiveCorrupt, "\(name): cannot be unpacked, for what is packed before it is damaged")
        }
        var (next, unpacker) = try place(before: ordinal, in: run)
        place = nil
        while next < ordinal {
            let other = directory.records[next]
            // Of what is behind a password nothing that comes after it can be unpacked either.
            guard !other.isPacked || !other.isEncrypted else { throw .locked(name) }
            if other.isPacked { try pass(other, at: next, unpacker, for: name) }
            next += 1
        }
        // Whoever has enough leaves the unpacker in the middle of an entry.
        var isWhole = true
        defer { if isWhole, unpacker.isUsable { place = (run, ordinal + 1, unpacker) } }
        do throws(Finding) {
            try unpacker.unpack(record, named: name) { piece in
                isWhole = take(piece)
                return isWhole
            }
        } catch {
            throw explain(error, of: ordinal, unpacker, for: name)
        }
    }

    /// Unpacks what is not wanted, for the sake of what is; whether it is whole is not asked.
    private func pass(
        _ record: RarDirectory.Record,
        at ordinal: Int,
        _ unpacker: any RarUnpacker,
        for name: String
    ) throws(Finding) {
        do throws(Finding) {
            try unpacker.unpack(record, named: name) { _ in true }
        } catch {
            guard unpacker.isUsable, error.problem == .archiveCorrupt else {
                throw explain(error, of: ordinal, unpacker, for: name)
            }
        }
    }

    /// libunarr passes over an empty file, and loses its way in a solid archive where the file's few packed bytes say
    /// that what follows is packed by another table: that is no damage.
    private func explain(
        _ finding: Finding,
        of ordinal: Int,
        _ unpacker: any RarUnpacker,
        for name: String
    ) -> Finding {
        let run = directory.runs[ordinal]
        if !unpacker.isUsable { broken = (run, ordinal) }
        let before = directory.records[run.lowerBound..<ordinal]
        guard finding.problem == .archiveCorrupt, !directory.isVersion5,
            before.contains(where: { $0.size == 0 && !$0.data.isEmpty })
        else { return finding }
        return .unsupported(name, packedBy: "RAR 4 in one with an empty file")
    }

    private func place(before ordinal: Int, in run: Range<Int>) throws(Finding) -> (Int, any RarUnpacker) {
        if let place, place.run == run, place.next <= ordinal { return (place.next, place.unpacker) }
        let records = directory.records[run]
        let unpacker: any RarUnpacker =
            directory.isVersion5
            ? try Rar5Unpacker(source, records, isSolid: directory.isSolid)
            : try Rar4Unpacker(source, records, isSolid: directory.isSolid)
        return (run.lowerBound, unpacker)
    }
}

/// Unpacks a run of entries, each once and in their order.
protocol RarUnpacker: AnyObject {
    /// Whether more can be unpacked, damaged as the last may have been.
    var isUsable: Bool { get }

    func unpack(
        _ record: RarDirectory.Record,
        named name: String,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding)
}
