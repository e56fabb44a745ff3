// SPDX-License-Identifier: MIT
import LibraryModel

/// A book whose container is an archive, whole and of a kind that is read.
struct OpenBook {
    enum Contents {
        case comic(pages: [ArchiveEntry], comicInfo: ArchiveEntry?)
        case epub(EpubPackage)
    }

    let archive: any Archive
    let contents: Contents
    let fingerprint: Fingerprint?

    /// With `checksParts` a container with a part that was never written is no whole one.
    init(
        _ source: ByteSource,
        head: ArraySlice<UInt8>,
        promised: MediaFormat,
        checksParts: Bool = false
    ) throws(Finding) {
        guard !head.isEmpty else { throw Finding(.archiveEmpty, "the file is empty") }
        guard let kind = ContainerKind(head: head) else {
            let beginning = head.allSatisfy { $0 == 0 } ? "; it begins with zeros, as a file not yet written does" : ""
            throw Finding(.unsupportedFormat, "the file is not an archive\(beginning)")
        }
        switch kind {
        case .zip:
            let reader = try EntryReader(source, checksParts: checksParts)
            archive = reader
            fingerprint = try Self.fingerprint(reader.entries, of: source)
            if EpubPackage.isPresent(in: reader.directory, head: head, promised: promised) {
                contents = .epub(try EpubPackage(reader.directory, reader))
                return
            }
        case .rar:
            archive = try RarArchive(source)
            fingerprint = try Self.fingerprint(archive.entries, of: source)
        case .sevenZip:
            archive = try SevenZipArchive(source, checksParts: checksParts)
            fingerprint = try Self.fingerprint(archive.entries, of: source)
        case .tar, .gzip, .bzip2, .xz, .zstandard:
            archive = try TarArchive(source, kind)
            fingerprint = try FingerprintDigest.fingerprint(of: archive.entries, withEndsOf: source)
        case .pdf:
            throw Finding(.unsupportedFormat, "the file is \(kind.name), which is no archive")
        }
        contents = .comic(pages: PageOrder.pages(of: archive), comicInfo: ComicInfo.entry(among: archive.entries))
    }

    private static func fingerprint(_ entries: [ArchiveEntry], of source: ByteSource) throws(Finding) -> Fingerprint? {
        let ofEntries = FingerprintDigest.fingerprint(of: entries)
        return if let ofEntries { ofEntries } else { try FingerprintDigest.fingerprint(of: source) }
    }
}
