// SPDX-License-Identifier: MIT
internal import Glibc
internal import LibraryModel
internal import SystemPackage

/// Judges the names and roots of all libraries together, wherever they were written.
struct LibraryReview {
    private(set) var libraries: [LibrarySettings] = []
    private(set) var refusals: [Refusal] = []

    private var names: [LibraryName: Written] = [:]
    private var roots: [(path: FilePath, real: FilePath, written: Written)] = []

    /// Takes the real path of a directory, or `nil` where there is none (yet): a root may be on a disk that is away.
    private let realPath: (FilePath) -> FilePath?

    init(realPath: @escaping (FilePath) -> FilePath? = LibraryReview.realPath(of:)) {
        self.realPath = realPath
    }

    mutating func add(_ draft: LibraryDraft) {
        let name = draft.name.flatMap { judge(name: $0) }
        let root = draft.root.flatMap { judge(root: $0) }
        guard let name, let root else { return }
        var settings = LibrarySettings(name: name, root: root)
        settings.pattern = draft.pattern
        settings.scanMode = draft.scanMode
        settings.watch = draft.watch
        settings.schedule = draft.schedule
        settings.ignore = draft.ignore
        settings.readsMetadata = draft.readsMetadata
        settings.hashes = draft.hashes
        settings.thumbnails = draft.thumbnails
        settings.conversion = draft.conversion
        libraries.append(settings)
    }

    private mutating func judge(name written: Written) -> LibraryName? {
        guard let name = LibraryName(written.text) else {
            refuse(
                written,
                "\"\(written.text.escaped)\" cannot be a library's name",
                "write 1 to 64 lower-case letters, digits, `-` and `_`, the first a letter or digit, such as comics"
            )
            return nil
        }
        if let other = names.updateValue(written, forKey: name) {
            refuse(written, "two libraries are named `\(name)`", "give each a name of its own (\(other.place))")
        }
        return name
    }

    private mutating func judge(root written: Written) -> FilePath? {
        let path = FilePath(written.text).lexicallyNormalized()
        guard path.isAbsolute else {
            let what = written.text.hasPrefix("~") ? "begins with `~`, which is not expanded" : "is not absolute"
            refuse(written, "the root \"\(written.text.escaped)\" \(what)", "write it from `/` on, such as /srv/comics")
            return nil
        }
        let real = realPath(path) ?? path
        for other in roots where path.overlaps(other.path) || real.overlaps(other.real) {
            let relation = path == other.path || real == other.real ? "is the same directory as" : "overlaps with"
            refuse(
                written,
                "the root \(path.string.escaped) \(relation) \(other.path.string.escaped)",
                "give each library a directory outside the others (\(other.written.place))"
            )
        }
        roots.append((path, real, written))
        return path
    }

    private mutating func refuse(_ written: Written, _ what: String, _ remedy: String) {
        refusals.append(Refusal(source: written.source, what: what, remedy: remedy))
    }

    private static func realPath(of path: FilePath) -> FilePath? {
        guard let real = path.withPlatformString({ realpath($0, nil) }) else { return nil }
        defer { free(real) }
        return FilePath(platformString: real)
    }
}

extension FilePath {
    fileprivate func overlaps(_ other: FilePath) -> Bool { isWithin(other) || other.isWithin(self) }
}

extension Written {
    /// Where the other of two things is.
    fileprivate var place: String {
        switch source {
        case .file(_, let position): "the other is in line \(position.line)"
        case .argument(let text): "the other is `--library \(text.escaped)`"
        }
    }
}
