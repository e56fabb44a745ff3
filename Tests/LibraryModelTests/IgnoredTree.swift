// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import SystemPackage

/// Files, directories and the ignore rules among them, as a test writes them down.
struct IgnoredTree {
    /// Paths of entries and whether each is a directory, parents before their children.
    private(set) var entries: [(path: FilePath, isDirectory: Bool)] = []

    /// The rules of some directories; the root is the empty path.
    var files: [FilePath: [UInt8]] = [:]
    var configured: [String] = []

    init() {}

    /// Takes paths of files; a path that ends in `/` is a directory's.
    init(_ paths: [String], rules: [String: String], configured: [String] = []) {
        for path in paths { add(FilePath(path), isDirectory: path.hasSuffix("/")) }
        for (directory, text) in rules {
            add(FilePath(directory), isDirectory: true)
            files[FilePath(directory)] = Array(text.utf8)
        }
        self.configured = configured
    }

    /// Adds an entry and the directories on the way to it.
    mutating func add(_ path: FilePath, isDirectory: Bool) {
        guard !path.isEmpty, !entries.contains(where: { $0.path == path }) else { return }
        add(path.removingLastComponent(), isDirectory: true)
        entries.append((path, isDirectory))
    }

    /// The verdict on every entry, in the order of ``entries``, by walking down as a scan does.
    ///
    /// A directory that need not be listed is listed nevertheless; `isUnlisted` says of its entries that they are in one.
    func verdicts() throws -> [(verdict: IgnoreVerdict, isUnlisted: Bool)] {
        var rules: [FilePath: IgnoreRules] = [:]
        var unlisted: Set<FilePath> = []
        func enter(_ directory: FilePath, _ entered: IgnoreRules) throws {
            var entered = entered
            if let text = files[directory], !entered.isExcluded { entered.add(try IgnoreFile(text, in: directory)) }
            rules[directory] = entered
        }
        try enter(FilePath(), IgnoreRules(try IgnoreFile(configured: configured)))
        return try entries.map { path, isDirectory in
            let parent = path.removingLastComponent()
            guard let name = path.names.last, let known = rules[parent] else { preconditionFailure("\(path) is lost") }
            if isDirectory {
                let below = known.entering(name)
                if unlisted.contains(parent) || !below.mayInclude { unlisted.insert(path) }
                try enter(path, below)
            }
            return (known.verdict(on: name, isDirectory: isDirectory), unlisted.contains(parent))
        }
    }

    /// The paths that are ignored, directories with a `/` at their end.
    func ignored() throws -> Set<String> {
        let verdicts = try verdicts()
        return Set(
            zip(entries, verdicts).filter { $1.verdict.isIgnored }.map { entry, _ in
                entry.path.string + (entry.isDirectory ? "/" : "")
            }
        )
    }

    /// Writes everything for git to see.
    func write(to root: TemporaryDirectory) throws {
        for (path, isDirectory) in entries {
            if isDirectory { try root.makeDirectory(path) } else { try root.write(path) }
        }
        for (directory, text) in files { try root.write(directory.appending(FileName(".gitignore")), text) }
        try root.write(".git/info/exclude", configured.flatMap { Array("\($0)\n".utf8) })
    }
}
