// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

extension DirectoryDifference {
    /// Compares for a scan, of which every book is a candidate where it reads all of them and has not read this one yet.
    init(
        _ listing: Listing,
        _ known: KnownDirectory,
        in directory: FilePath,
        for job: LibraryJob,
        _ settings: LibrarySettings,
        _ memory: JobMemory
    ) {
        let readsAll = job.options.readsAll
        self.init(listing.without(known.leftovers), known, usesSidecars: settings.readsMetadata) { name in
            readsAll && !memory.hasRead(name, in: directory)
        }
    }

    /// What a walk counts of the directory, whatever is done in it.
    var figures: ScanReport {
        var figures = ScanReport()
        figures[.totalDirectories] = 1
        figures[.totalFiles] = candidates.count + unchanged + restored.count
        figures[.ignoredFiles] = ignoredFiles
        figures[.ignoredDirectories] = ignoredDirectories
        figures[.skippedFiles] = skippedFiles
        return figures
    }

    /// Whether anything that the catalog has is ignored from now on.
    var ignoresMore: Bool { !ignored.isEmpty || !newlyIgnoredDirectories.isEmpty }

    /// Whether the listing shows just what the catalog has.
    var isNone: Bool {
        reading.isEmpty && !isSeriesDocumentGone && restored.isEmpty && !ignoresMore && lost.isEmpty
            && lostDirectories.isEmpty
            && newDirectories.isEmpty
    }
}

extension KnownDirectory {
    /// Whether the row need not be told whose it is.
    func isIdentified(as other: DirectoryStamp) -> Bool { stamp?.inode == other.inode && stamp?.born == other.born }

    /// Whether the row says that all is in the catalog which a listing with a certain stamp shows.
    func isSettled(as other: DirectoryStamp) -> Bool {
        isIdentified(as: other) && stamp?.differs(from: other) == false
    }
}

extension Listing {
    /// Whether it shows nothing at all that a library is made of, as the directory below a disk that is not mounted.
    var isBare: Bool {
        !entries.contains { entry in
            switch entry.kind {
            case .book, .sidecar, .directory, .other: true
            // What a library's own rules leave alone is there all the same.
            case .ignoredFile: !NameRules.isIgnoredFile(entry.name)
            case .ignoredDirectory: !NameRules.isIgnoredDirectory(entry.name)
            }
        }
    }
}
