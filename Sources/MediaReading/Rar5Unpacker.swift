// SPDX-License-Identifier: MIT
import CArchive
import LibraryModel

/// Shows libarchive headers made of what the archive's own say, and the packed bytes between them.
///
/// So there is one opinion on what the archive holds, and nothing in a header that libarchive does not know (there is
/// much that it gives up at) keeps an entry from being unpacked.
final class Rar5Unpacker: RarUnpacker {
    private let cursor: ArchiveCursor

    init(_ source: ByteSource, _ records: ArraySlice<RarDirectory.Record>, isSolid: Bool) throws(Finding) {
        let start = RarWalk.mark5 + Self.block([1, 0, isSolid ? 4 : 0])
        let segments = records.filter(\.isPacked).flatMap {
            [EntryStream.Segment.made(Self.header(of: $0)), .stored($0.data)]
        }
        // While it unpacks, libarchive looks at bytes behind those that are packed: the archive's end.
        let end = Self.block([5, 0, 0])
        cursor = try ArchiveCursor(EntryStream(source, [.made(start)] + segments + [.made(end)])) {
            [archive_read_support_format_rar5($0)]
        }
    }

    var isUsable: Bool { cursor.isUsable }

    func unpack(
        _ record: RarDirectory.Record,
        named name: String,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding) {
        guard try cursor.advance(to: name) != nil else { throw Finding(.archiveCorrupt, "\(name): has no contents") }
        try cursor.read(name, size: record.size, take: take)
    }

    private static func header(of record: RarDirectory.Record) -> [UInt8] {
        let hash = record.hash.isEmpty ? [] : number(record.hash.count) + record.hash
        // A file of Windows by the name of “e”, with its checksum.
        var body = number(2) + number(hash.isEmpty ? 2 : 3) + (hash.isEmpty ? [] : number(hash.count))
        body += number(record.data.count) + number(record.checksum == nil ? 0 : 4) + number(record.size) + number(0)
        if let checksum = record.checksum { body.append(littleEndian: checksum) }
        body += number(record.compression) + number(0) + number(1) + [UInt8(ascii: "e")]
        return block(body + hash)
    }

    private static func block(_ body: [UInt8]) -> [UInt8] {
        let sized = number(body.count) + body
        var block: [UInt8] = []
        block.append(littleEndian: CRC32.value(of: sized[...]))
        return block + sized
    }

    private static func number(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = UInt64(value)
        repeat {
            bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return bytes
    }
}
