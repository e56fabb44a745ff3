// SPDX-License-Identifier: MIT
import LibraryModel

/// Writes all that a book's archive holds into a ZIP.
///
/// Entries keep their order, names, times and contents, folders are entries too, and a book that is tagged keeps its
/// document where it was. Pictures that are packed are stored, the rest is deflated. Nothing is decoded: a page that is
/// damaged is so in both.
///
/// Kept are not: fractions of a second, and times that 32 bits have no room for; owners, modes and attributes; the
/// archive's comment, and what it brings for its own recovery; the bytes of a name that is not in UTF-8, of which a
/// ZIP has the text.
///
/// An entry at a time goes through memory, in pieces. What is packed as one is unpacked once.
struct Conversion {
    /// Bytes after which time is asked for anew, within an entry.
    private static let stretch = 64 << 20

    let archive: any Archive
    let plan: ConversionPlan

    /// Throws what is wrong with the archive, or why the ZIP cannot be written; ``ZipOutput/failure`` tells which.
    func run(writingTo output: ZipOutput, pace: () -> Void) throws(Finding) {
        for item in plan.items {
            pace()
            try output.begin(item)
            if item.entry.kind == .file { try copy(item.entry, to: output, pace: pace) }
        }
        pace()
    }

    private func copy(_ entry: ArchiveEntry, to output: ZipOutput, pace: () -> Void) throws(Finding) {
        var sum = EntrySum()
        var failure: Finding?
        try archive.unpack(entry) { piece in
            do throws(Finding) {
                try output.write(piece)
            } catch {
                failure = error
                return false
            }
            if sum.add(piece, stretch: Self.stretch) { pace() }
            return true
        }
        if let failure { throw failure }
        try sum.check(entry)
    }
}

/// Size and checksum of an entry as it was unpacked.
struct EntrySum {
    private(set) var size = 0
    private var crc = CRC32()

    var checksum: UInt32 { crc.value }

    mutating func add(_ piece: UnsafeRawBufferPointer) {
        crc.add(piece)
        size += piece.count
    }

    /// Answers whether another stretch of so many bytes has begun.
    mutating func add(_ piece: UnsafeRawBufferPointer, stretch: Int) -> Bool {
        let before = size / stretch
        add(piece)
        return size / stretch > before
    }

    /// Throws an archive that is corrupt where the bytes are not those that it says.
    func check(_ entry: ArchiveEntry) throws(Finding) {
        guard size == entry.size else {
            throw Finding(.archiveCorrupt, "\(entry.shown): ends after \(size) of \(entry.size) bytes")
        }
        guard entry.size == 0 || entry.checksum == nil || entry.checksum == checksum else {
            throw Finding(.archiveCorrupt, "\(entry.shown): its checksum is not the one in the archive")
        }
    }
}
