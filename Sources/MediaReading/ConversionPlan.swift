// SPDX-License-Identifier: MIT
import LibraryModel

/// What a ZIP of a book's entries will hold, decided before a byte of it is written.
///
/// Nothing is left out in silence: an archive with an entry that a ZIP would not keep as it is, or that would be a danger
/// to who unpacks it, is refused.
struct ConversionPlan {
    /// One entry of the ZIP, in the order of the archive.
    struct Item {
        let entry: ArchiveEntry

        /// Seconds since 1970; a ZIP has 32 bits for them, with a sign.
        let modified: Int32

        /// Its bytes lie as they are: a picture is packed already.
        let isStored: Bool
    }

    let items: [Item]

    /// Bytes that the ZIP may come to at most.
    let size: Int64

    /// - Parameters:
    ///   - entries: those of the archive, whose limits are checked.
    ///   - fileTime: the archive's own last change in seconds since 1970, for entries of which it keeps none.
    /// - Throws: what keeps the archive from being converted.
    init(_ entries: [ArchiveEntry], fileTime: Int64) throws(Finding) {
        var names: Set<ArraySlice<UInt8>> = []
        var items: [Item] = []
        var size = Self.endLength
        for entry in entries {
            if let obstacle = entry.obstacle { throw obstacle }
            try Self.check(entry)
            guard names.insert(Self.plainName(of: entry)).inserted else {
                throw Self.refusal("two entries are named \(entry.shown)")
            }
            let isStored = entry.size == 0 || PageOrder.isPackedPicture(entry)
            let seconds = Int32(clamping: entry.modified?.wholeSeconds ?? fileTime)
            items.append(Item(entry: entry, modified: seconds, isStored: isStored))
            size += Self.headerLength + 2 * Int64(entry.name.count + 1) + Int64(entry.size)
            // What cannot be packed any further becomes longer by less, in every version of zlib.
            if !isStored { size += Int64(entry.size >> 11) + 64 }
        }
        self.items = items
        self.size = size
    }

    /// What lies around an entry's bytes but its name: a local header of 30 bytes and a directory's of 46, with the
    /// extra fields of times, owners and ZIP64, and a data descriptor.
    private static let headerLength: Int64 = 30 + 46 + 2 * (13 + 15 + 32) + 24

    /// The records at the end, with those of ZIP64.
    private static let endLength: Int64 = 56 + 20 + 22

    /// The name without the `/` that marks a folder in some formats.
    static func plainName(of entry: ArchiveEntry) -> ArraySlice<UInt8> {
        entry.isDirectory && entry.name.last == UInt8(ascii: "/") ? entry.name.dropLast() : entry.name[...]
    }

    private static func check(_ entry: ArchiveEntry) throws(Finding) {
        let name = entry.shown
        switch entry.kind {
        case .other: throw refusal("\(name) is a link or a device, which a ZIP would not keep")
        case .directory where entry.size > 0: throw refusal("\(name) is a folder with contents of its own")
        case .file where entry.name.last == UInt8(ascii: "/"): throw refusal("\(name) is a file with a folder's name")
        case .file, .directory: break
        }
        guard !plainName(of: entry).isEmpty else { throw refusal("an entry has no name") }
        guard String(validating: entry.name, as: UTF8.self) != nil, !entry.name.contains(0) else {
            throw refusal("the name \(name) is in no known encoding")
        }
        guard !isClimbing(entry.name) else { throw refusal("\(name) leads out of the folder it is unpacked to") }
    }

    /// Whether a name is absolute, or goes up; Windows takes a backslash for a slash.
    private static func isClimbing(_ name: [UInt8]) -> Bool {
        let isSlash = { (byte: UInt8) in byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }
        if let first = name.first, isSlash(first) { return true }
        // A drive of Windows.
        if name.count > 2, name[1] == UInt8(ascii: ":"), isSlash(name[2]) { return true }
        return name.split(whereSeparator: isSlash).contains { $0.elementsEqual("..".utf8) }
    }

    static func refusal(_ detail: String) -> Finding {
        Finding(.conversionFailed, detail)
    }
}
