// SPDX-License-Identifier: MIT
internal import LibraryModel
internal import SystemPackage

/// A text and the place where a person wrote it.
struct Written {
    var text: String
    var source: Refusal.Source
}

/// A library as it was written, before its name and its root are judged.
struct LibraryDraft {
    var name: Written?
    var root: Written?
    var pattern = LibraryPattern.series
    var scanMode = ScanMode.batched
    var watch = LibrarySettings.Watch.auto
    var schedule: Schedule?
    var ignore: IgnoreFile?
    var readsMetadata = true
    var hashes: HashWishes = []
    var thumbnails: ThumbnailSettings? = ThumbnailSettings()
    var conversion = ConversionSettings()

    init(name: Written?, root: Written?) {
        self.name = name
        self.root = root
    }

    /// Reads `NAME=DIR`; a relative directory is one of the working directory.
    init(argument: String, workingDirectory: FilePath) throws(Refusal) {
        let source = Refusal.Source.argument(argument)
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else {
            throw Refusal(source: source, what: "not a name and a directory", remedy: "write `--library NAME=DIR`")
        }
        guard !parts[1].hasPrefix("~") else {
            throw Refusal(
                source: source,
                what: "`~` is not expanded here",
                remedy: "write `$HOME` instead, such as `--library \(parts[0])=\"$HOME\"/Comics`"
            )
        }
        name = Written(text: String(parts[0]), source: source)
        // An absolute directory replaces the working directory.
        root = Written(text: workingDirectory.pushing(FilePath(String(parts[1]))).string, source: source)
    }
}
