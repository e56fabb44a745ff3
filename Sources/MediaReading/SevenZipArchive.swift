// SPDX-License-Identifier: MIT
import CArchive
import LibraryModel

/// Unpacks a 7z archive with libarchive.
///
/// Who goes through the entries in their order unpacks each folder once. To one of another folder libarchive jumps,
/// if it has unpacked nothing before: so it is begun anew for that.
final class SevenZipArchive: Archive {
    let directory: SevenZipDirectory
    private let source: ByteSource

    /// Where the last call left off; its count is the ordinal that comes next.
    private var cursor: ArchiveCursor?

    /// The entry at which nothing in its folder could be unpacked any more.
    private var broken: (folder: Int, ordinal: Int)?

    /// With `checksParts` what is packed has to begin where the header says.
    init(_ source: ByteSource, checksParts: Bool) throws(Finding) {
        self.source = source
        directory = try SevenZipDirectory(source)
        try ArchiveLimits.check(directory.entries, of: source.size)
        if checksParts { try directory.checkParts(of: source) }
    }

    var entries: [ArchiveEntry] { directory.entries }

    var isSeekable: Bool {
        let folders = directory.folders.compactMap(\.self)
        return Set(folders).count == folders.count
    }

    func unpack(
        _ entry: ArchiveEntry,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding) {
        guard entry.kind == .file, entry.size > 0, let folder = directory.folders[entry.ordinal] else { return }
        if let broken, broken.folder == folder, broken.ordinal < entry.ordinal {
            throw Finding(
                .archiveCorrupt,
                "\(entry.shown): cannot be unpacked, for what is packed before it is damaged"
            )
        }
        let cursor = try cursor(before: entry.ordinal, in: folder)
        self.cursor = nil
        // Whoever has enough leaves the rest of the entry to be passed over.
        defer { if cursor.isUsable { self.cursor = cursor } else { broken = (folder, entry.ordinal) } }
        while cursor.count <= entry.ordinal {
            guard let found = try cursor.advance(to: entry.shown) else {
                throw Finding(.archiveCorrupt, "\(entry.shown): is not where the header says")
            }
            guard cursor.count <= entry.ordinal || archive_entry_size(found) == entry.size else {
                throw Finding(.archiveCorrupt, "\(entry.shown): has another size than the header says")
            }
        }
        try cursor.read(entry.shown, size: entry.size, take: take)
    }

    private func cursor(before ordinal: Int, in folder: Int) throws(Finding) -> ArchiveCursor {
        if let cursor, cursor.count <= ordinal {
            let last = directory.folders[..<cursor.count].last { $0 != nil } ?? nil
            let between = directory.folders[cursor.count..<ordinal].contains { $0 != nil && $0 != folder }
            if last == nil || last == folder || !between { return cursor }
        }
        return try ArchiveCursor(EntryStream(source, [.stored(0..<source.size)], pieceLength: 64 << 10)) {
            [archive_read_support_format_7zip($0)]
        }
    }
}
