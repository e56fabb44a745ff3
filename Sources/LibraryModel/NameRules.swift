// SPDX-License-Identifier: MIT

/// Which names are never books and never entered, whatever a library's own ignore rules say.
///
/// Hidden names, the temporary names of downloaders and sync tools, and the private directories of NAS systems.
/// Such a file is left alone until it is renamed; it is never deleted. Letter case does not matter.
package enum NameRules {
    /// Whether a file of this name waits to be renamed, or belongs to some other program.
    package static func isIgnoredFile(_ name: FileName) -> Bool {
        let folded = name.bytes.map(\.asciiLowercased)
        return prefixes.contains { folded.starts(with: $0) } || suffixes.contains { folded.hasSuffix($0) }
    }

    /// Whether a directory of this name is never entered.
    package static func isIgnoredDirectory(_ name: FileName) -> Bool {
        let folded = name.bytes.map(\.asciiLowercased)
        return folded.first == UInt8(ascii: ".") || directories.contains(folded)
            || directorySuffixes.contains { folded.hasSuffix($0) }
    }

    /// With the dot go all of `._NAME`, `.NAME.Ab12Cd` (rsync), `.syncthing.NAME`, `.nfs…`, `.cifs…`, `.smbdelete…`,
    /// `.goutputstream-…`, `.fuse_hidden…`, `.~lock.NAME#` and `.sb-…`.
    private static let prefixes: [[UInt8]] = [".", "~$", "~syncthing~"].map { Array($0.utf8) }

    /// With `.part` and `.partial` go those that a sync tool puts a number before.
    private static let suffixes: [[UInt8]] = [
        ".part", ".partial", ".!qb", ".!ut", ".bc!", ".crdownload", ".download", ".opdownload", ".aria2", ".tmp",
        ".temp", ".filepart", ".!sync", ".bts", ".sync", ".unwanted", ".swp", "~",
    ].map { Array($0.utf8) }

    private static let directorySuffixes: [[UInt8]] = [".unwanted", ".part", ".!qb"].map { Array($0.utf8) }

    /// Hidden ones, such as `.Trash-1000`, `.stversions`, `.stfolder`, `.zfs` and `.snapshots`, need no entry.
    private static let directories: Set<[UInt8]> = Set(
        [
            "@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "@__thumb", "$recycle.bin",
            "system volume information", "lost+found", "__macosx",
        ].map { Array($0.utf8) }
    )
}

extension [UInt8] {
    fileprivate func hasSuffix(_ suffix: [UInt8]) -> Bool {
        count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
    }
}
