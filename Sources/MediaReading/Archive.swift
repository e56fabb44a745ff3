// SPDX-License-Identifier: MIT
import LibraryModel

/// A container that is open: what lies in it, and how an entry is unpacked.
protocol Archive {
    /// In the order of the container.
    var entries: [ArchiveEntry] { get }

    /// What was written about the whole, in any encoding; empty where the container has no place for it.
    var comment: [UInt8] { get }

    /// Whether an entry can be unpacked without those before it.
    var isSeekable: Bool { get }

    /// Unpacks an entry and hands its bytes on, piece by piece, until there are no more or `take` has enough.
    ///
    /// Throws an archive that is corrupt where the bytes are not those that the container says, checksum and size. An
    /// entry with an ``ArchiveEntry/obstacle`` is not asked for.
    func unpack(
        _ entry: ArchiveEntry,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding)
}

extension Archive {
    var comment: [UInt8] { [] }

    func entry(named name: some Sequence<UInt8>) -> ArchiveEntry? {
        let name = Array(name)
        return entries.first { $0.name == name }
    }

    /// The whole entry, its checksum verified.
    func contents(of entry: ArchiveEntry, limit: Int) throws(Finding) -> [UInt8] {
        if let obstacle = entry.obstacle { throw obstacle }
        guard entry.size <= limit else {
            throw Finding(.tooLarge, "\(entry.shown) has \(entry.size) bytes, more than the \(limit) that are read")
        }
        var failure: Finding?
        let contents = [UInt8](unsafeUninitializedCapacity: entry.size) { buffer, initialized in
            let buffer = UnsafeMutableRawBufferPointer(buffer)
            do throws(Finding) {
                try unpack(entry) { piece in
                    // An archive ends an entry that is longer than it says; this is for those that would not.
                    guard piece.count <= buffer.count - initialized else { return false }
                    buffer[initialized...].copyBytes(from: piece)
                    initialized += piece.count
                    return true
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard contents.count == entry.size else {
            throw Finding(.archiveCorrupt, "\(entry.shown): ends after \(contents.count) of \(entry.size) bytes")
        }
        return contents
    }

    /// Unpacks an entry of any length for the sake of its checksum alone.
    func verify(_ entry: ArchiveEntry) throws(Finding) {
        if let obstacle = entry.obstacle { throw obstacle }
        try unpack(entry) { _ in true }
    }

    /// The first bytes of an entry, fewer than `count` where it is shorter; nothing is verified.
    func head(of entry: ArchiveEntry, count: Int) throws(Finding) -> [UInt8] {
        if let obstacle = entry.obstacle { throw obstacle }
        var head: [UInt8] = []
        try unpack(entry) { piece in
            head += piece.prefix(count - head.count)
            return head.count < count
        }
        return head
    }
}
