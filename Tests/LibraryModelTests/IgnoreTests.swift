// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import SystemPackage
import Testing

@Suite("Ignore rules follow the syntax of gitignore")
struct IgnorePatternTests {
    /// A line in the root's file, and what it ignores and does not; a path that ends in `/` is a directory's.
    struct Example: Sendable, CustomTestStringConvertible {
        var line: String
        var ignored: [String]
        var others: [String]

        init(_ line: String, _ ignored: [String], not others: [String]) {
            (self.line, self.ignored, self.others) = (line, ignored, others)
        }

        var testDescription: String { line }
        var tree: IgnoredTree { IgnoredTree(ignored + others, rules: ["": line]) }
    }

    static let examples = [
        // Comments, blanks and line ends.
        Example("# a", [], not: ["# a", "a"]),
        Example("\\# a", ["# a"], not: ["a"]),
        Example(" # a", [" # a"], not: ["# a"]),
        Example("   ", [], not: [" ", "   "]),
        Example("a  ", ["a"], not: ["a  "]),
        Example(#"a\  "#, ["a "], not: ["a", "a  "]),
        Example(#"a \ "#, ["a  "], not: ["a", "a "]),
        Example("a\t", ["a\t"], not: ["a"]),
        Example("\u{FEFF}a", ["a"], not: ["\u{FEFF}a"]),
        Example("a\r\nb \r\n", ["a", "b"], not: ["a\r", "b "]),
        Example("a\r\r\n", ["a\r"], not: ["a"]),
        Example("a\n\n\nb", ["a", "b"], not: ["c"]),
        // Names, at any depth and of any kind; letters are not folded.
        Example("a", ["a", "b/a", "c/d/a/"], not: ["aa", "A", "b/aa"]),
        Example("a/", ["a/", "b/a/"], not: ["c/a", "aa/"]),
        Example("ä", ["ä"], not: ["Ä", "a"]),
        // Tied to the directory of the file.
        Example("/a", ["a"], not: ["b/a"]),
        Example("/a/", ["a/"], not: ["b/a/"]),
        Example("a/b", ["a/b"], not: ["c/a/b", "b", "a/bb"]),
        Example("a/b/", ["a/b/"], not: ["c/a/b/", "a/c/b/"]),
        Example("./a", [], not: ["a"]),
        Example("//a", [], not: ["a", "b/a"]),
        // Stars within a name.
        Example("*", ["a", "b/"], not: []),
        Example("*.cbz", ["a.cbz", "b/.cbz"], not: ["a.cbz1", "cbz"]),
        Example("a*", ["a", "ab", "b/abc"], not: ["ba"]),
        Example("a*b*c", ["abc", "axbxc", "abbcc"], not: ["acb", "axbxcx"]),
        Example("/*", ["a", "b/"], not: []),
        Example("a/*", ["a/b", "a/c/"], not: ["b/a/c", "d"]),
        Example("a/*/b", ["a/x/b", "a/yy/b"], not: ["a/b", "a/x/y/b"]),
        Example("a/*b", ["a/b", "a/xb"], not: ["a/x/b"]),
        // Two stars between names.
        Example("**/a", ["a", "b/a", "b/c/a"], not: ["b/ca"]),
        Example("a/**", ["a/b", "a/c/"], not: ["b/a/c"]),
        Example("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], not: ["b", "a/xb", "c/a/b"]),
        Example("**/a/**", ["a/b", "x/y/a/c"], not: ["a"]),
        Example("a/***/b", ["a/b", "a/x/y/b"], not: ["a/xb"]),
        Example("/**/a", ["a", "b/c/a"], not: ["ba"]),
        Example("**", ["a", "b/"], not: []),
        Example("**/", ["a/"], not: ["b"]),
        // Elsewhere they are one star, but for what follows plain bytes at the beginning of a tied pattern.
        Example("a**b", ["ab", "axxb"], not: ["a/x", "ac"]),
        Example("x/a?**/b", ["x/ab/b", "x/abc/b"], not: ["x/ab/c/b"]),
        Example("x/a**/b", ["x/ab", "x/ac/b", "x/ac/d/b"], not: ["x/b"]),
        // One byte, and sets of them.
        Example("a?c", ["abc", "a?c"], not: ["ac", "abbc", "a/c"]),
        Example("a[bc]d", ["abd", "acd"], not: ["ad", "aed", "abcd"]),
        Example("a[b-d]", ["ab", "ac", "ad"], not: ["aa", "ae", "a-"]),
        Example("a[!b-d]", ["aa", "ae", "a!"], not: ["ab", "ad"]),
        Example("a[^b]", ["aa", "a^"], not: ["ab"]),
        Example("a[]b]", ["a]", "ab"], not: ["a"]),
        Example("a[!]]", ["ab"], not: ["a]"]),
        Example("a[b-]", ["ab", "a-"], not: ["ac"]),
        Example("a[-b]", ["ab", "a-"], not: ["ac"]),
        Example("a[a-c-e]", ["aa", "ab", "a-", "ae"], not: ["ad"]),
        Example("a[c-a]", ["ac"], not: ["aa", "ab", "a-"]),
        Example(#"a[\]b]"#, ["a]", "ab"], not: [#"a\"#]),
        Example(#"a[a-\c]"#, ["aa", "ab", "ac"], not: [#"a\"#]),
        Example("a[[:digit:]x]", ["a1", "ax"], not: ["a:", "ad"]),
        Example("a[[:upper:][:space:]]", ["aB", "a "], not: ["ab"]),
        Example("a[[:alpha:]-z]", ["ab", "a-"], not: ["a1"]),
        Example("a[[:b]", ["a[", "a:", "ab"], not: ["a"]),
        Example("a/[b/]c", ["a/bc"], not: ["a/c"]),
        Example("a[/]b", [], not: ["a/b", "ab"]),
        Example("a[!x]b", ["acb"], not: ["a/b", "axb"]),
        // Escapes.
        Example(#"\!a"#, ["!a"], not: ["a"]),
        Example(#"a\*"#, ["a*"], not: ["ab"]),
        Example(#"\a"#, ["a"], not: [#"\a"#]),
        Example(#"a\\b"#, [#"a\b"#], not: ["ab"]),
        // What matches nothing.
        Example("a[b", [], not: ["a[b", "ab"]),
        Example("a[", [], not: ["a["]),
        Example("a[[:digt:]]", [], not: ["a1", "ad"]),
        Example(#"a\"#, [], not: [#"a\"#, "a"]),
        Example(#"a\/"#, [], not: ["a/", #"b\"#]),
        Example("/", [], not: ["a/"]),
        Example("!", [], not: ["a", "!"]),
        // Included again.
        Example("*.cbz\n!a.cbz", ["b.cbz"], not: ["a.cbz", "c/a.cbz"]),
        Example("!a.cbz\n*.cbz", ["a.cbz", "b.cbz"], not: ["a"]),
        Example("!!a\n", [], not: ["a", "!a"]),
        Example("*\n!!a\n", ["a"], not: ["!a"]),
        Example("*\n!*/\n!*.cbz", ["a", "b/c"], not: ["b/", "a.cbz", "b/c.cbz"]),
        Example("/*\n!/a/", ["b", "c/"], not: ["a/", "a/b"]),
    ]

    @Test(arguments: examples)
    func `a line ignores what it describes and nothing else`(example: Example) throws {
        let ignored = try example.tree.ignored()
        for path in example.ignored { #expect(ignored.contains(path), "\(path)") }
        for path in example.others { #expect(!ignored.contains(path), "\(path)") }
    }

    @Test(.enabled(if: GitProgram.isInstalled), arguments: examples)
    func `git says the same of every example`(example: Example) throws {
        let root = try TemporaryDirectory()
        let git = try GitProgram(in: root)
        try example.tree.write(to: root)
        let entries = example.tree.entries
        let answers = try git.answers(entries.map(\.path))
        let ignored = zip(entries, answers).filter { $1.isIgnored }.map { entry, _ in
            entry.path.string + (entry.isDirectory ? "/" : "")
        }
        #expect(try example.tree.ignored() == Set(ignored))
    }

    @Test(.enabled(if: GitProgram.isInstalled))
    func `every class of characters holds the bytes that git has in it`() throws {
        let classes = [
            "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit",
        ]
        let root = try TemporaryDirectory()
        let git = try GitProgram(in: root)
        for name in classes {
            var tree = IgnoredTree()
            for byte: UInt8 in 1...255 where byte != UInt8(ascii: "/") {
                tree.add(FilePath(bytes: [UInt8(ascii: "a"), byte]), isDirectory: false)
            }
            tree.files[FilePath()] = Array("a[[:\(name):]]".utf8)
            try tree.write(to: root)
            let theirs = try git.answers(tree.entries.map(\.path)).map(\.isIgnored)
            #expect(try tree.verdicts().map(\.verdict.isIgnored) == theirs, "\(name)")
        }
    }

    @Test func `names are bytes`() throws {
        var tree = IgnoredTree()
        tree.add(FilePath(bytes: [0xFF, 0x41]), isDirectory: false)
        tree.add(FilePath(bytes: [0xC3, 0xA4]), isDirectory: false)
        tree.files[FilePath()] = [0xFF, 0x3F]
        #expect(try tree.verdicts().map(\.verdict.isIgnored) == [true, false])
    }

    @Test(arguments: [
        (#"a\"#, IgnoreDefect.endsInBackslash), ("a[b", .openBracket), (#"a[b\"#, .openBracket),
        ("[[:word:]]", .unknownClass("word")), ("!/", .empty),
    ])
    func `a line that cannot match tells why`(line: String, defect: IgnoreDefect) throws {
        let file = try IgnoreFile(Array("# first\n\n\(line)\n".utf8), in: "a")
        #expect(file.defectiveLines.map(\.number) == [3])
        #expect(file.defectiveLines.map(\.pattern.defect) == [defect])
        #expect(throws: IgnoreFault.badEntry(line, defect)) { try IgnoreFile(configured: ["*.pdf", line]) }
    }

    @Test func `a zero byte is told, for the file may be UTF-16`() throws {
        let file = try IgnoreFile([0xFF, 0xFE, 0x61, 0, 0x0A, 0], in: "")
        #expect(file.defectiveLines.map(\.pattern.defect) == [.holdsNUL, .holdsNUL])
    }

    @Test func `a file of more than 64 KiB is refused`() throws {
        let longest = Array(repeating: UInt8(ascii: "#"), count: IgnoreFile.limit)
        #expect(try IgnoreFile(longest, in: "a").lines.isEmpty)
        #expect(throws: IgnoreFault.tooLong("a/.stumpignore")) { try IgnoreFile(longest + [10], in: "a") }
    }

    @Test func `no pattern takes more steps than it has signs times the bytes of a path`() throws {
        let stars = String(repeating: "*a", count: 120) + "b"
        let trees = "x/" + String(repeating: "**/*a*/", count: 20) + "b"
        let name = String(repeating: "a", count: 250)
        let path = "x/" + String(repeating: "aaaa/", count: 40) + "c"
        let tree = IgnoredTree([name, path], rules: ["": "\(stars)\n\(trees)\n"])
        // By trying one way after the other this would outlast the sun.
        #expect(try tree.ignored() == [])
    }
}

@Suite("Ignore rules come from every directory down to an entry")
struct IgnoreRulesTests {
    @Test func `the documentation's example leaves one book of its directory`() throws {
        let tree = IgnoredTree(
            ["extras/include-me.cbz", "extras/other.cbz", "extras/deep/include-me.cbz", "main.cbz"],
            rules: ["": "extras/\n!extras/include-me.cbz\n"]
        )
        #expect(try tree.ignored() == ["extras/", "extras/other.cbz", "extras/deep/", "extras/deep/include-me.cbz"])
        #expect(try tree.verdicts().map(\.isUnlisted) == [false, false, false, false, true, false])
    }

    @Test func `a nearer file comes after one further up, and the configuration before all`() throws {
        let tree = IgnoredTree(
            ["a.cbz", "b.cbz", "x/a.cbz", "x/b.cbz"],
            rules: ["": "!b.cbz", "x": "b.cbz\n!a.cbz"],
            configured: ["*.cbz"]
        )
        #expect(try tree.ignored() == ["a.cbz", "x/b.cbz"])
    }

    @Test func `a tied line in a nested file is tied to its directory`() throws {
        let tree = IgnoredTree(["x/a", "x/y/a", "a", "x/y/z/b"], rules: ["x": "/a\ny/*/b"])
        #expect(try tree.ignored() == ["x/a", "x/y/z/b"])
    }

    @Test func `only a line that comes after the exclusion of a directory includes anything below it`() throws {
        let before = IgnoredTree(["x/a.cbz"], rules: ["": "!*.cbz\nx/"])
        #expect(try before.ignored() == ["x/", "x/a.cbz"])
        #expect(try before.verdicts().map(\.isUnlisted) == [false, true])
        let between = IgnoredTree(["x/y/a.cbz", "x/b.cbz"], rules: ["": "x/\n!*.cbz\ny/"])
        #expect(try between.ignored() == ["x/", "x/y/", "x/y/a.cbz"])
        // Not the first line: it is the third that stands against the second.
        let cause = try zip(between.entries, between.verdicts()).first { $0.0.path == "x/y/a.cbz" }?.1.verdict.cause
        #expect(cause?.line.number == 3)
    }

    @Test func `a directory that is included again is so with all in it`() throws {
        let tree = IgnoredTree(["x/y/a", "x/y/z/b", "x/c"], rules: ["": "x/\n!x/y/\n", "x/y": "b"])
        #expect(try tree.ignored() == ["x/", "x/y/z/b", "x/c"])
    }

    @Test func `the file of an excluded directory counts for nothing`() throws {
        let tree = IgnoredTree(["x/a", "x/b"], rules: ["": "x/\n!x/b\n", "x": "!a\nb"])
        #expect(try tree.ignored() == ["x/", "x/a"])
    }

    @Test(arguments: [
        ("x/\n!x/a", true), ("x/\n!x/y/a", true), ("x/\n!/x/*", true), ("x/\n!**/a", true), ("x/\n!a", true),
        ("x/\n!a/", true), ("x/\n!x/**", true), ("x/\n!*/a", true), ("x/\n!x**/a", true), ("x/\n!x?/a", false),
        ("!x/a\nx/", false), ("x/\n!y/a", false), ("x/\n!xx/a", false), ("x/\n!/a", false), ("x/\n!x/[a", false),
        ("x/\n!/x/\nx/", false), ("x", false), ("x/\na", false),
    ])
    func `an excluded directory is listed only where a line may include something of it`(
        rules: String,
        isListed: Bool
    ) throws {
        let tree = IgnoredTree(["x/z"], rules: ["": rules])
        #expect(try tree.verdicts().last?.isUnlisted == !isListed)
    }

    @Test func `the verdict names the line that decided`() throws {
        let tree = IgnoredTree(
            ["a.cbz", "b.cbz", "x/c.cbz", "d.cbz"],
            rules: ["": "# ours\nb.*\n!a.cbz\n", "x": "\n c*\nc* \n"],
            configured: ["*.zip", "a.cbz"]
        )
        let causes = try tree.verdicts().map(\.verdict.cause)
        #expect(causes[0]?.place == .directory(""))
        #expect(causes[0]?.line.number == 3)
        #expect(causes[1]?.line.pattern.text == "b.*")
        #expect(causes[3]?.place == .directory("x"))
        #expect(causes[3]?.line.number == 3)
        #expect(causes[3]?.line.pattern.text == "c*")
        #expect(causes[4] == nil)
    }
}
