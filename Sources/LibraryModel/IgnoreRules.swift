// SPDX-License-Identifier: MIT
package import SystemPackage

/// Says which entries of one directory are ignored: the rules from the library's root down to it.
///
/// The last line that matches decides, and a nearer file comes after one further up. What lies below an excluded
/// directory is excluded with it, as with git. Unlike git, a `!` line that comes after the line which excluded the
/// directory includes a file or directory below it again; the rest of the directory stays excluded. The `.stumpignore`
/// of an excluded directory is not read.
package struct IgnoreRules: Sendable {
    /// Where a line stands among all that apply; the greater one decides.
    private struct Rank: Comparable, Sendable {
        var file: Int
        var line: Int

        static func < (left: Rank, right: Rank) -> Bool { (left.file, left.line) < (right.file, right.line) }
    }

    /// What keeps the directory out.
    private struct Exclusion: Sendable {
        /// The line that excluded the outermost directory.
        var first: Rank

        /// The last line that excludes it or a directory above it: only what comes after that includes again.
        var last: Rank
    }

    private var files: [IgnoreFile]

    /// The directory's path from the root, with a `/` at its end unless it is the root.
    private var prefix: [UInt8] = []
    private var exclusion: Exclusion?

    /// The directory, relative to the library's root.
    package var directory: FilePath { FilePath(bytes: Array(prefix.dropLast())) }

    /// Begins at the root of a library, before its own file.
    package init(_ configured: IgnoreFile? = nil) {
        files = configured.map { [$0] } ?? []
    }

    /// Whether the directory itself is ignored, and its `.stumpignore` with it.
    package var isExcluded: Bool { exclusion != nil }

    /// Whether there is no line at all.
    package var isEmpty: Bool { files.allSatisfy(\.lines.isEmpty) }

    /// Adds the file of the directory itself.
    package mutating func add(_ file: IgnoreFile) {
        precondition(!isExcluded, "a file of an excluded directory counts for nothing: \(file.place)")
        precondition(file.place == .directory(directory), "a file of another directory: \(file.place)")
        files.append(file)
    }

    /// The verdict on an entry of the directory.
    package func verdict(on name: FileName, isDirectory: Bool) -> IgnoreVerdict {
        let own = lastMatch(prefix + name.bytes, isDirectory: isDirectory)
        guard let exclusion else {
            guard let own else { return IgnoreVerdict() }
            return IgnoreVerdict(isIgnored: !isNegated(own), by: cause(own))
        }
        guard let own, isNegated(own), own > exclusion.first else {
            return IgnoreVerdict(isIgnored: true, by: cause(exclusion.first))
        }
        return own > exclusion.last
            ? IgnoreVerdict(isIgnored: false, by: cause(own))
            : IgnoreVerdict(isIgnored: true, by: cause(exclusion.last))
    }

    /// The rules in a directory of this one, before its own file.
    package func entering(_ name: FileName) -> IgnoreRules {
        let path = prefix + name.bytes
        var rules = self
        rules.prefix = path + [UInt8(ascii: "/")]
        guard let own = lastMatch(path, isDirectory: true) else { return rules }
        if !isNegated(own) {
            rules.exclusion = Exclusion(first: exclusion?.first ?? own, last: max(exclusion?.last ?? own, own))
        } else if let exclusion, own > exclusion.last {
            rules.exclusion = nil
        }
        return rules
    }

    /// Whether anything in the directory, or below it, may not be ignored; where nothing is, it need not be listed.
    package var mayInclude: Bool {
        guard let last = exclusion?.last else { return true }
        for file in files.indices where file >= last.file {
            let rest = prefix[files[file].start...]
            for (line, rule) in files[file].lines.enumerated() where Rank(file: file, line: line) > last {
                if rule.pattern.isNegated, rule.pattern.mayMatch(below: rest) { return true }
            }
        }
        return false
    }

    // MARK: Lines

    private func lastMatch(_ path: [UInt8], isDirectory: Bool) -> Rank? {
        for file in files.indices.reversed() {
            let rest = path[files[file].start...]
            let line = files[file].lines.lastIndex { $0.pattern.matches(rest, isDirectory: isDirectory) }
            if let line { return Rank(file: file, line: line) }
        }
        return nil
    }

    private func isNegated(_ rank: Rank) -> Bool { files[rank.file].lines[rank.line].pattern.isNegated }

    private func cause(_ rank: Rank) -> IgnoreVerdict.Cause {
        IgnoreVerdict.Cause(place: files[rank.file].place, line: files[rank.file].lines[rank.line])
    }
}

/// Whether an entry is ignored, and the line that says so.
package struct IgnoreVerdict: Equatable, Sendable {
    package struct Cause: Equatable, Sendable {
        package let place: IgnoreFile.Place
        package let line: IgnoreFile.Line
    }

    package let isIgnored: Bool

    /// The line that matches the entry, or excluded a directory above it; `nil` where no line does.
    package let cause: Cause?

    package init(isIgnored: Bool = false, by cause: Cause? = nil) {
        self.isIgnored = isIgnored
        self.cause = cause
    }
}

extension IgnoreVerdict.Cause {
    /// The line and where it stands, for people.
    package var text: String {
        let pattern = "`\(line.pattern.text)`"
        return switch place {
        case .configuration: "\(pattern), number \(line.number) of the library's `ignore`"
        case .directory(let directory): "\(pattern), line \(line.number) of \(directory.appending(IgnoreFile.name))"
        }
    }
}

extension IgnoreFile {
    /// Where the paths that its lines are compared with begin, in a path from the root.
    fileprivate var start: Int {
        guard case .directory(let directory) = place, !directory.isEmpty else { return 0 }
        return directory.length + 1
    }
}
