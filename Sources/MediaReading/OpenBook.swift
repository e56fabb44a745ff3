// SPDX-License-Identifier: MIT
import LibraryModel

/// A book whose container is whole and of a kind that is read.
struct OpenBook {
    enum Contents {
        case comic(pages: [ZipEntry], comicInfo: ZipEntry?)
        case epub(EpubPackage)
    }

    let directory: ZipDirectory
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
        guard kind == .zip else {
            throw Finding(.unsupportedFormat, "the file is \(kind.name); this version reads zip, cbz and epub")
        }
        directory = try ZipDirectory(source)
        if checksParts { try directory.checkParts(of: source) }
        let ofEntries = FingerprintDigest.fingerprint(of: directory.entries)
        fingerprint = if let ofEntries { ofEntries } else { try FingerprintDigest.fingerprint(of: source) }
        if EpubPackage.isPresent(in: directory, head: head, promised: promised) {
            contents = .epub(try EpubPackage(directory, EntryReader(source: source)))
        } else {
            contents = .comic(
                pages: PageOrder.pages(of: directory.entries),
                comicInfo: ComicInfo.entry(among: directory.entries)
            )
        }
    }
}
