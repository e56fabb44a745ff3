// SPDX-License-Identifier: MIT
import LibraryModel

/// Proves that a ZIP holds all that the archive it was made of holds.
///
/// Both are opened anew. Entry by entry name, kind, time and size are compared, and each entry of the ZIP is unpacked to its end
/// for its checksum; the original is unpacked where it keeps no checksum of its own. So a wrong byte in either is found,
/// whoever wrote it. Pages are counted as readers count them, and their headers decoded.
struct ConversionCheck {
    let original: any Archive
    let result: EntryReader
    let plan: ConversionPlan

    private let originalPages: [ArchiveEntry]
    private let resultPages: [ArchiveEntry]

    /// Checksums of the result's entries as they were unpacked.
    private var checksums: [Int: UInt32] = [:]

    /// Pages of the result whose headers cannot be decoded, by their ordinals.
    private var undecoded: Set<Int> = []

    init(original: any Archive, pages: [ArchiveEntry], result: EntryReader, plan: ConversionPlan) {
        (self.original, originalPages, self.result, self.plan) = (original, pages, result, plan)
        resultPages = PageOrder.pages(of: result)
    }

    /// Answers how many pages cannot be decoded in either; throws the first difference, or what keeps one from being
    /// told: of the original its own fault, of the result a conversion that failed.
    mutating func run(_ source: ByteSource, pace: () -> Void) throws(Finding) -> Int {
        do throws(Finding) {
            try ZipLayout(source: source, directory: result.directory).check()
            try compareDirectories()
            try unpackResult(pace: pace)
        } catch {
            throw error.ofResult
        }
        try unpackOriginal(pace: pace)
        return undecoded.count
    }

    private func compareDirectories() throws(Finding) {
        guard result.entries.count == plan.items.count else {
            throw Self.difference("it has \(result.entries.count) entries, and the original \(plan.items.count)")
        }
        for (item, (entry, record)) in zip(plan.items, zip(result.entries, result.directory.records)) {
            let name = item.entry.shown
            guard ConversionPlan.plainName(of: entry) == ConversionPlan.plainName(of: item.entry),
                record.namesAreUTF8 || record.name.allSatisfy({ $0 < 0x80 })
            else { throw Self.difference("\(name) has the name \(entry.shown)") }
            guard entry.kind == item.entry.kind, entry.obstacle == nil else {
                throw Self.difference("\(name) is of another kind")
            }
            guard entry.size == item.entry.size else {
                throw Self.difference("\(name) has \(entry.size) bytes instead of \(item.entry.size)")
            }
            guard entry.checksum == item.checksum || item.checksum == nil else {
                throw Self.difference("\(name) has another checksum")
            }
            guard entry.modified?.wholeSeconds == Int64(item.modified) else {
                throw Self.difference("\(name) has another time")
            }
        }
        guard resultPages.map(\.ordinal) == originalPages.map(\.ordinal) else {
            throw Self.difference("it has \(resultPages.count) pages, and the original \(originalPages.count)")
        }
    }

    /// Unpacks every entry of the result, and reads the headers of its pages.
    private mutating func unpackResult(pace: () -> Void) throws(Finding) {
        let pages = Set(resultPages.map(\.ordinal))
        for entry in result.entries where entry.kind == .file {
            let (sum, isDecoded) = try Self.unpack(entry, of: result, isPage: pages.contains(entry.ordinal), pace)
            try sum.check(entry)
            checksums[entry.ordinal] = sum.checksum
            if !isDecoded { undecoded.insert(entry.ordinal) }
        }
    }

    /// Unpacks of the original what it keeps no checksum of, and pages that do not decode in the result: not to decode
    /// either is what they should.
    private func unpackOriginal(pace: () -> Void) throws(Finding) {
        let pages = Set(originalPages.map(\.ordinal))
        for item in plan.items where item.entry.kind == .file {
            let entry = item.entry
            guard item.checksum == nil || undecoded.contains(entry.ordinal) else { continue }
            let (sum, isDecoded) = try Self.unpack(entry, of: original, isPage: pages.contains(entry.ordinal), pace)
            try sum.check(entry)
            guard sum.checksum == checksums[entry.ordinal] else {
                throw Self.difference("\(entry.shown) has other contents").ofResult
            }
            guard isDecoded != undecoded.contains(entry.ordinal) else {
                throw Self.difference("\(entry.shown) decodes in one of both alone").ofResult
            }
        }
    }

    /// What was unpacked, and whether it is a page whose header decodes; what is no page is not asked.
    private static func unpack(
        _ entry: ArchiveEntry,
        of archive: some Archive,
        isPage: Bool,
        _ pace: () -> Void
    ) throws(Finding) -> (EntrySum, isDecoded: Bool) {
        pace()
        var sum = EntrySum()
        guard isPage, entry.size <= ArchiveLimits.pictureSize else {
            try archive.unpack(entry) { piece in
                if sum.add(piece, stretch: 64 << 20) { pace() }
                return true
            }
            return (sum, true)
        }
        let bytes = try archive.contents(of: entry, limit: ArchiveLimits.pictureSize)
        bytes.withUnsafeBytes { sum.add($0) }
        return (sum, (try? EncodedPicture(bytes)) != nil)
    }

    private static func difference(_ detail: String) -> Finding {
        Finding(.conversionFailed, detail)
    }
}

extension ConversionPlan.Item {
    /// The checksum that the original keeps; what is empty needs none.
    fileprivate var checksum: UInt32? { entry.size == 0 ? 0 : entry.checksum }
}

extension Finding {
    /// A fault of the ZIP that was made, which is none of the book's; that it cannot be read remains what it is.
    var ofResult: Finding {
        Finding(
            problem == .unreadable ? .unreadable : .conversionFailed,
            "the converted book is not what it should be: \(detail)"
        )
    }
}
