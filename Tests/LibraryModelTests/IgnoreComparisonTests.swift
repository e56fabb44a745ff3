// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Support
import SystemPackage
import Testing

/// Random trees with random rules, put to git and to us.
///
/// `IGNORE_CASES` is the number of trees, `IGNORE_SEED` the first seed. A difference names the seed of its tree.
@Suite("Verdicts are those of git check-ignore")
struct IgnoreComparisonTests {
    @Test(.enabled(if: GitProgram.isInstalled))
    func `git gives the same verdict by the same line, but for what is included below an excluded directory`() throws {
        let cases = number("IGNORE_CASES") ?? 300
        let first = number("IGNORE_SEED") ?? 1
        var tally = Tally()
        for seed in first..<(first + cases) {
            let root = try TemporaryDirectory()
            var generator = IgnoredTreeGenerator(seed: UInt64(seed))
            let tree = generator.tree()
            let git = try GitProgram(in: root)
            try tree.write(to: root)
            let comparison = Comparison(
                tree,
                theirs: try git.answers(tree.entries.map(\.path)),
                ours: try tree.verdicts()
            )
            for index in tree.entries.indices {
                let outcome = comparison.outcome(index)
                #expect(outcome != .different, "seed \(seed): \(comparison.description(index))")
                tally[outcome, default: 0] += 1
            }
        }
        print("\(cases) trees: \(tally.map { "\($1) \($0)" }.sorted().joined(separator: ", "))")
        // Or else the generator is to blame.
        for outcome in Outcome.allCases where outcome != .different && outcome != .excludedAgain {
            #expect(tally[outcome, default: 0] >= cases / 20)
        }
    }

    private typealias Tally = [Outcome: Int]

    private func number(_ variable: String) -> Int? { getenv(variable).flatMap { Int(String(cString: $0)) } }

    private enum Outcome: String, CaseIterable {
        case unmatched, included, ignored
        /// We include it, and git does not go below the excluded directory.
        case includedAgain
        /// It is in a directory that is included again, and so has a verdict of its own.
        case inIncludedAgain
        /// Both ignore it; git by the outermost directory, we by the line that keeps a `!` line from including it again.
        case excludedAgain
        case different
    }

    private struct Comparison {
        let tree: IgnoredTree
        let theirs: [GitProgram.Answer]
        let ours: [(verdict: IgnoreVerdict, isUnlisted: Bool)]
        private let indices: [FilePath: Int]

        init(_ tree: IgnoredTree, theirs: [GitProgram.Answer], ours: [(verdict: IgnoreVerdict, isUnlisted: Bool)]) {
            (self.tree, self.theirs, self.ours) = (tree, theirs, ours)
            indices = Dictionary(uniqueKeysWithValues: tree.entries.enumerated().map { ($1.path, $0) })
        }

        /// The directories above an entry, the outermost first.
        private func ancestors(_ index: Int) -> [Int] {
            var path = tree.entries[index].path
            var found: [Int] = []
            while path.removeLastComponent(), let ancestor = indices[path] { found.append(ancestor) }
            return found.reversed()
        }

        func outcome(_ index: Int) -> Outcome {
            let (verdict, isUnlisted) = ours[index]
            if isUnlisted, !verdict.isIgnored { return .different }
            if verdict.isIgnored == theirs[index].isIgnored, answer(verdict) == theirs[index] {
                if verdict.isIgnored { return .ignored }
                return verdict.cause == nil ? .unmatched : .included
            }
            // Here git has to have stopped at an excluded directory, and we to have a line that comes later.
            let above = ancestors(index)
            guard theirs[index].isIgnored, let excluded = above.first(where: { theirs[$0].isIgnored }),
                theirs[index] == theirs[excluded], answer(ours[excluded].verdict) == theirs[excluded]
            else { return .different }
            let below = above.drop { $0 != excluded }.dropFirst()
            if below.contains(where: { isIncludedAgain($0, after: excluded) }) { return .inIncludedAgain }
            if verdict.isIgnored { return isDecided(index, after: excluded) ? .excludedAgain : .different }
            return isIncludedAgain(index, after: excluded) ? .includedAgain : .different
        }

        private func isIncludedAgain(_ index: Int, after excluded: Int) -> Bool {
            !ours[index].verdict.isIgnored && isDecided(index, after: excluded)
        }

        /// Whether our verdict comes from a line after the one that excluded a directory.
        private func isDecided(_ index: Int, after excluded: Int) -> Bool {
            guard let line = ours[index].verdict.cause, let other = ours[excluded].verdict.cause,
                line.line.pattern.isNegated != ours[index].verdict.isIgnored
            else { return false }
            return (depth(line.place), line.line.number) > (depth(other.place), other.line.number)
        }

        private func depth(_ place: IgnoreFile.Place) -> Int {
            switch place {
            case .configuration: -1
            case .directory(let directory): directory.names.count
            }
        }

        private func answer(_ verdict: IgnoreVerdict) -> GitProgram.Answer {
            guard let cause = verdict.cause else { return GitProgram.Answer() }
            let file =
                switch cause.place {
                case .configuration: FilePath(".git/info/exclude")
                case .directory(let directory): directory.appending(FileName(".gitignore"))
                }
            return GitProgram.Answer(file: file, line: cause.line.number, pattern: cause.line.pattern.bytes)
        }

        func description(_ index: Int) -> String {
            "\(tree.entries[index]): we say \(answer(ours[index].verdict)), git says \(theirs[index])"
        }
    }
}

/// Makes trees in which few names come again and again, and lines that are built from them.
private struct IgnoredTreeGenerator {
    private var generator: SplitMix
    private var names: [[UInt8]] = []

    init(seed: UInt64) {
        generator = SplitMix(seed: seed)
        for _ in 0..<6 { names.append(name()) }
    }

    mutating func tree() -> IgnoredTree {
        var tree = IgnoredTree()
        var directories = [FilePath()]
        for _ in 0..<Int.random(in: 5...24, using: &generator) {
            let path = pick(directories).appending(FileName(bytes: pick(names)))
            if tree.entries.contains(where: { $0.path == path }) { continue }
            let isDirectory = chance(45)
            tree.add(path, isDirectory: isDirectory)
            if isDirectory, path.names.count < 5 { directories.append(path) }
        }
        for directory in directories where directory.isEmpty || chance(25) { tree.files[directory] = rules() }
        if chance(30) { tree.files[FilePath(), default: []] += exception(in: tree) }
        // A configuration is text.
        let plain = (0..<Int.random(in: 0...2, using: &generator)).map { _ in line() }
        tree.configured = plain.compactMap { line in
            guard let text = String(validating: line, as: UTF8.self), let pattern = IgnorePattern(line: line),
                pattern.defect == nil, !line.contains(10)
            else { return nil }
            return text
        }
        return tree
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &generator)]
    }

    private mutating func bytes(_ alphabet: String, _ counts: ClosedRange<Int>) -> [UInt8] {
        let alphabet = Array(alphabet.utf8)
        return (0..<Int.random(in: counts, using: &generator)).map { _ in pick(alphabet) }
    }

    private mutating func name() -> [UInt8] {
        var name = chance(70) ? bytes("abc", 1...3) : bytes("abAB1.-_ ![]*?\\#^:\r\t\n~", 1...4)
        if chance(10) { name += [pick([0xFF, 0x80, 0xC3, 0xA4])] }
        // What git or the kernel keeps for itself.
        return name.allSatisfy { $0 == UInt8(ascii: ".") } ? [UInt8(ascii: "a")] : name
    }

    private mutating func rules() -> [UInt8] {
        let end = chance(20) ? "\r\n" : "\n"
        var text: [UInt8] = chance(10) ? [0xEF, 0xBB, 0xBF] : []
        let count = Int.random(in: 1...6, using: &generator)
        for index in 1...count {
            text += line()
            if index < count || chance(80) { text += Array(end.utf8) }
        }
        return text
    }

    /// Lines that exclude a directory and include something of it again.
    private mutating func exception(in tree: IgnoredTree) -> [UInt8] {
        let inside = tree.entries.map(\.path).filter { $0.names.count > 1 }
        if inside.isEmpty { return [] }
        let path = pick(inside)
        let directory = Array(path.names.dropLast()).prefix(Int.random(in: 1..<path.names.count, using: &generator))
        let escape = { (name: FileName) in name.bytes.flatMap { [UInt8(ascii: "\\"), $0] } }
        let lines = [directory, path.names[...]].map { $0.map(escape).joined(separator: [UInt8(ascii: "/")]) }
        return [10, UInt8(ascii: "/")] + lines[0] + [10, UInt8(ascii: "!")] + lines[1] + [10]
    }

    private mutating func line() -> [UInt8] {
        if chance(5) { return chance(50) ? [] : Array("#".utf8) + pick(names) }
        var line: [UInt8] = chance(30) ? [UInt8(ascii: "!")] : []
        if chance(12) {
            line += bytes("ab/*?[]!\\-^: #", 1...10)
        } else {
            if chance(20) { line += Array("/".utf8) }
            for index in 0..<pick([1, 1, 1, 2, 2, 3]) {
                if index > 0 { line += Array("/".utf8) }
                line += part()
            }
            if chance(25) { line += Array("/".utf8) }
        }
        if chance(5) { line += Array(pick([" ", "  ", "\\ ", "\t", "\r"]).utf8) }
        return line
    }

    /// What stands for one name, or for several.
    private mutating func part() -> [UInt8] {
        if chance(15) { return Array(pick(["**", "*", "***", "a**", "**a"]).utf8) }
        return pick(names).flatMap { byte -> [UInt8] in
            switch Int.random(in: 0..<20, using: &generator) {
            case 0: Array("?".utf8)
            case 1: Array("*".utf8)
            case 2: Array("[".utf8) + [byte] + Array("]".utf8)
            case 3:
                Array(pick(["[a-c]", "[!a-b]", "[^c]", "[[:alpha:]]", "[]a]", "[![:space:]-]", "[a/]", "[[:b]"]).utf8)
            case 4, 5: [UInt8(ascii: "\\"), byte]
            default: [byte]
            }
        }
    }
}
