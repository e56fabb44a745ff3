// SPDX-License-Identifier: MIT
import LibraryModel

/// Proves of a ZIP that was written here that its parts say the same, and that nothing lies between them.
///
/// A ZIP says most of what it says twice, before each entry and in its directory, and programs believe now this and now
/// that. Books of others need not be so strict, and are never asked.
struct ZipLayout {
    let source: ByteSource
    let directory: ZipDirectory

    private static let headerLength = 30

    /// Throws where the parts are not one behind the other, or contradict each other.
    func check() throws(Finding) {
        var offset = 0
        for (record, entry) in zip(directory.records, directory.entries) {
            guard record.headerOffset == offset else { throw Self.flaw("\(entry.shown) is not where it should be") }
            offset = try end(of: record, named: entry.shown)
        }
        let rest = source.size - directory.extent.upperBound
        // One end record, or behind it the two of ZIP64.
        guard offset == directory.extent.lowerBound, rest == 22 || rest == 56 + 20 + 22, directory.comment.isEmpty
        else {
            throw Self.flaw("its directory is not where it should be")
        }
    }

    /// Where an entry ends, of which the header and the descriptor behind it say what the directory says.
    private func end(of record: ZipRecord, named name: String) throws(Finding) -> Int {
        guard record.headerOffset <= directory.extent.lowerBound - Self.headerLength else {
            throw Self.flaw("\(name) is not whole")
        }
        let header = try source.bytes(at: record.headerOffset, count: Self.headerLength)
        let (nameLength, extraLength) = (Int(header.number(at: 26, width: 2)), Int(header.number(at: 28, width: 2)))
        let start = record.headerOffset + Self.headerLength + nameLength + extraLength
        guard start + record.compressedSize <= directory.extent.lowerBound,
            header.has("PK\u{3}\u{4}"), header.number(at: 6, width: 2) == UInt64(record.flags),
            header.number(at: 8, width: 2) == UInt64(record.method.rawValue),
            header.number(at: 10, width: 4) == UInt64(record.dosTime)
        else { throw Self.flaw("the header of \(name) is damaged") }
        let fields = try source.bytes(
            at: record.headerOffset + Self.headerLength,
            count: nameLength + extraLength
        )
        guard fields.prefix(nameLength).elementsEqual(record.name) else {
            throw Self.flaw("the header of \(name) is another's")
        }
        let end = start + record.compressedSize
        guard record.flags & 8 != 0 else {
            // A folder, of which all is known before it is written.
            guard isStating(record, header.dropFirst(14), width: 4) else {
                throw Self.flaw("the header of \(name) is damaged")
            }
            return end
        }
        // With a field of ZIP64 the descriptor has sizes of 64 bits.
        let width = ZipRecord.field(1, in: fields.dropFirst(nameLength)).isEmpty ? 4 : 8
        guard end <= directory.extent.lowerBound - 8 - 2 * width else { throw Self.flaw("\(name) is not whole") }
        let descriptor = try source.bytes(at: end, count: 8 + 2 * width)
        guard descriptor.has("PK\u{7}\u{8}"), isStating(record, descriptor.dropFirst(4), width: width) else {
            throw Self.flaw("what follows \(name) is damaged")
        }
        return end + descriptor.count
    }

    /// Whether bytes are a checksum and two sizes, as the directory has them.
    private func isStating(_ record: ZipRecord, _ bytes: ArraySlice<UInt8>, width: Int) -> Bool {
        bytes.number(at: 0, width: 4) == UInt64(record.checksum)
            && bytes.number(at: 4, width: width) == UInt64(record.compressedSize)
            && bytes.number(at: 4 + width, width: width) == UInt64(record.size)
    }

    private static func flaw(_ detail: String) -> Finding {
        Finding(.archiveCorrupt, detail)
    }
}
