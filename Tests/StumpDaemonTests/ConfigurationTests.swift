// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Logging
import SystemPackage
import Testing

@testable import StumpDaemon

@Suite("A configuration is taken whole or refused with every reason")
struct ConfigurationTests {
    private func parse(_ text: String, libraries: [String] = []) throws -> Configuration {
        try ConfigurationFile.parse((text, of: "s.toml"), libraries: libraries, workingDirectory: "/home/me")
    }

    /// What is refused, a line each.
    private func refusals(_ text: String, libraries: [String] = []) throws -> [String] {
        let fault = #expect(throws: ConfigurationFault.self) { try parse(text, libraries: libraries) }
        guard case .refused(let refusals)? = fault else { return [] }
        return refusals.map(\.description)
    }

    @Test func `nothing configured is the defaults and no library`() throws {
        let configuration = try ConfigurationFile.load(nil, workingDirectory: "/")
        #expect(configuration == Configuration())
        #expect(try parse("") == configuration)
        #expect(configuration.workers == 0 && configuration.logLevel == .info)
        #expect(configuration.quiet == .seconds(2) && configuration.patience == .seconds(30))
    }

    @Test func `every key reaches its setting`() throws {
        let configuration = try parse(
            """
            daemon = { workers = 3, log_level = "debug", history = "30d", backup = "off", purge_missing = "90d" }
            [watch]
            quiet = "250ms"
            patience = "1m"
            [[library]]
            name = "comics"
            root = "/srv/comics/"
            pattern = "collection"
            scan_mode = "sync"
            watch = "events"
            schedule = " 30  3 * * mon-fri"
            ignore = ["extras/", "!extras/include-me.cbz"]
            metadata = false
            hash = true
            koreader_hash = true
            thumbnails.scale = 1
            thumbnails.quality = 0
            thumbnails.effort = 6
            conversion = { to_cbz = ["cbr", "cbt"], originals = "keep", retain = "1d" }
            [[library]]
            name = "books"
            root = "/srv/./books"
            schedule = "off"
            koreader_hash = true
            [library.thumbnails]
            fit = [200, 16383]
            [[library]]
            name = "plain"
            root = "/srv/plain"
            hash = true
            koreader_hash = false
            thumbnails.enabled = false
            """
        )
        #expect(configuration.workers == 3 && configuration.logLevel == .debug)
        #expect(configuration.history == .seconds(30 * 86_400) && configuration.backup == .off)
        #expect(configuration.purgeMissing == .seconds(90 * 86_400))
        #expect(configuration.quiet == .milliseconds(250) && configuration.patience == .seconds(60))
        var comics = LibrarySettings(name: try #require(LibraryName("comics")), root: "/srv/comics")
        comics.pattern = .collection
        comics.scanMode = .sync
        comics.watch = .events
        comics.schedule = try Schedule("30 3 * * mon-fri")
        comics.ignore = try IgnoreFile(configured: ["extras/", "!extras/include-me.cbz"])
        comics.readsMetadata = false
        comics.hashes = [.file, .koreader]
        comics.thumbnails = ThumbnailSettings(size: .scale(1), quality: 0, effort: 6)
        comics.conversion.kinds = [.cbr, .cbt]
        comics.conversion.originals = .keep
        comics.conversion.retain = .seconds(86_400)
        var books = LibrarySettings(name: try #require(LibraryName("books")), root: "/srv/books")
        books.hashes = .koreader
        books.thumbnails = ThumbnailSettings(size: .fit(width: 200, height: 16_383))
        var plain = LibrarySettings(name: try #require(LibraryName("plain")), root: "/srv/plain")
        plain.hashes = .file
        plain.thumbnails = nil
        #expect(configuration.libraries == [comics, books, plain])
    }

    @Test func `all refusals of a file come at once, in its order, each with line, column and remedy`() throws {
        let text = """
            [daemon]
            wrokers = 2
            log_level = 3
            purge_missing = "90"
            [[library]]
            name = "comics"
            roots = "/srv/comics"
            [wach]
            """
        #expect(
            try refusals(text) == [
                "s.toml:2:1: unknown key `daemon.wrokers`: did you mean `workers`?",
                "s.toml:3:1: `daemon.log_level` cannot be 3: write one of \"trace\", \"debug\", \"info\", \"notice\", "
                    + "\"warning\", \"error\", \"critical\", such as `log_level = \"info\"`",
                "s.toml:4:1: `daemon.purge_missing` cannot be \"90\": write \"never\", "
                    + "or an age of an hour or more, with its unit (h, d), such as `purge_missing = \"90d\"`",
                "s.toml:5:3: a library has no `root`: write the directory's path, such as `root = \"/srv/comics\"`",
                "s.toml:7:1: unknown key `library.roots`: did you mean `root`?",
                "s.toml:8:2: unknown key `wach`: did you mean `watch`?",
            ]
        )
    }

    @Test(arguments: [
        ("workers = 1", "unknown key `workers`: write it under [daemon]"),
        ("[daemon]\nquiet = '2s'", "unknown key `daemon.quiet`: write it under [watch]"),
        ("[daemon]\nzzz = 1", "unknown key `daemon.zzz`: the keys under [daemon] are workers, log_level, history"),
        ("daemon = 1", "`daemon` cannot be 1: open the table with `[daemon]`"),
        ("[library]\nname = 'a'", "`library` cannot be a table: open each library with `[[library]]`"),
        ("library = ['a']", "a library cannot be \"a\": open each library with `[[library]]`"),
        ("[daemon]\nworkers = '4'", "`daemon.workers` cannot be \"4\": write a whole number from 0 to 256"),
        ("[daemon]\nworkers = 257", "`daemon.workers` cannot be 257"),
        ("[daemon]\nworkers = -1", "`daemon.workers` cannot be -1"),
        ("[daemon]\nworkers = 1.5", "`daemon.workers` cannot be 1.5"),
        ("[daemon]\nlog_level = 'Info'", "`daemon.log_level` cannot be \"Info\""),
        ("[daemon]\nhistory = '0d'", "`daemon.history` cannot be \"0d\": write a time above zero with its unit"),
        ("[daemon]\nhistory = 90", "`daemon.history` cannot be 90"),
        ("[daemon]\nbackup = 'weekly'", "`daemon.backup` cannot be \"weekly\": write one of \"daily\", \"off\""),
        ("[daemon]\npurge_missing = '59m'", "`daemon.purge_missing` cannot be \"59m\": write \"never\", or an age"),
        ("[daemon]\npurge_missing = 90", "`daemon.purge_missing` cannot be 90"),
        ("[daemon]\nbackup = false", "`daemon.backup` cannot be false"),
        ("[watch]\nquiet = 2", "`watch.quiet` cannot be 2: write a time above zero with its unit"),
        ("[watch]\nquiet = '2 s'", "`watch.quiet` cannot be \"2 s\""),
        ("[watch]\nquiet = '0s'", "`watch.quiet` cannot be \"0s\""),
        ("[watch]\nquiet = '31s'", "`watch.quiet` (31s) is longer than `watch.patience` (30s)"),
        ("[watch]\npatience = '1s'", "`watch.quiet` (2s) is longer than `watch.patience` (1s)"),
        ("[watch]\nquiet = \"a\\n\\u001b[31m\"", "`watch.quiet` cannot be \"a\\n\\u001b[31m\""),
        ("\"a\\nb\" = 1", "unknown key `a\\nb`"),
    ])
    func `a wrong key or value is refused with what to write`(text: String, expected: String) throws {
        let lines = try refusals(text)
        #expect(lines.count == 1 && lines[0].contains(": \(expected)"), "\(lines)")
    }

    @Test(arguments: [
        ("pattern = 'serie'", "`library.pattern` cannot be \"serie\": write one of \"series\", \"collection\""),
        ("metadata = 'yes'", "`library.metadata` cannot be \"yes\": write true or false"),
        ("conversion = 'cbr'", "`library.conversion` cannot be \"cbr\": open the table with `[library.conversion]`"),
        ("conversion.to_cbz = 'cbr'", "`library.conversion.to_cbz` cannot be \"cbr\": write a list of \"cbr\""),
        ("conversion.to_cbz = ['pdf']", "`library.conversion.to_cbz` cannot be an array: write a list of"),
        ("conversion.originals = 'trash'", "`library.conversion.originals` cannot be \"trash\": write one"),
        ("conversion.retain = '0d'", "`library.conversion.retain` cannot be \"0d\": write a time above zero"),
        ("conversion.to_cbr = []", "unknown key `library.conversion.to_cbr`: did you mean `to_cbz`?"),
        ("ignore = 'extras/'", "`library.ignore` cannot be \"extras/\": write a list of patterns"),
        ("ignore = ['a', 1]", "`library.ignore` cannot be an array: write a list of patterns"),
        ("ignore = ['a[']", "the ignore rule \"a[\" has a [ without its ]: write \\[ for a bracket"),
        ("ignore = ['# a']", "the ignore rule \"# a\" names nothing"),
        ("ignore = [\"a\\n[\"]", "the ignore rule \"a\\n[\" has a [ without its ]"),
        ("scan_mode = 'fast'", "`library.scan_mode` cannot be \"fast\": write one of \"batched\", \"sync\""),
        ("hash = 'sha256'", "`library.hash` cannot be \"sha256\": write true or false"),
        ("koreader_hash = 1", "`library.koreader_hash` cannot be 1: write true or false"),
        ("schedule = 3", "`library.schedule` cannot be 3: write a time, a period, five fields"),
        ("schedule = false", "`library.schedule` cannot be false"),
        ("schedule = 'nightly'", "\"nightly\" is not a schedule: write \"off\", a time such as \"03:30\""),
        ("schedule = '25:00'", "\"25:00\" is not a time of day: write hours from 0 to 23"),
        ("schedule = 'every 0h'", "\"every 0h\" is not a period from a minute to a year: write \"every\""),
        ("schedule = '0 3 31 2 *'", "the schedule \"0 3 31 2 *\" never comes"),
        ("schedule = \"a\\n\\u001b\"", "\"a \\u001b\" is not a schedule"),
        ("thumbnails = true", "`library.thumbnails` cannot be true: open the table with `[library.thumbnails]`"),
        ("thumbnails = { fit = [1, 2], scale = 0.5 }", "`library.thumbnails` has both `fit` and `scale`"),
        ("thumbnails.fit = [400]", "`library.thumbnails.fit` cannot be an array: write width and height"),
        ("thumbnails.fit = [0, 600]", "`library.thumbnails.fit` cannot be an array"),
        ("thumbnails.fit = [400, 16384]", "`library.thumbnails.fit` cannot be an array"),
        ("thumbnails.fit = [4.5, 6.5]", "`library.thumbnails.fit` cannot be an array"),
        ("thumbnails.scale = 0", "`library.thumbnails.scale` cannot be 0: write a number above 0 and at most 1"),
        ("thumbnails.scale = 1.01", "`library.thumbnails.scale` cannot be 1.01"),
        ("thumbnails.scale = nan", "`library.thumbnails.scale` cannot be nan"),
        ("thumbnails.quality = 101", "`library.thumbnails.quality` cannot be 101"),
        ("thumbnails.effort = 7", "`library.thumbnails.effort` cannot be 7"),
        ("thumbnails.efort = 1", "unknown key `library.thumbnails.efort`: did you mean `effort`?"),
    ])
    func `a wrong key of a library is refused with what to write`(line: String, expected: String) throws {
        let lines = try refusals("[[library]]\nname = 'a'\nroot = '/a'\n\(line)\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("s.toml:4:") && lines[0].contains(": \(expected)"), "\(lines)")
    }

    @Test(arguments: ["", "Comics", "-a", "a b", "über", String(repeating: "a", count: 65)])
    func `a name that cannot be typed is refused`(name: String) throws {
        let lines = try refusals("[[library]]\nname = '\(name)'\nroot = '/a'")
        #expect(lines.count == 1 && lines[0].hasPrefix("s.toml:2:1: \"\(name)\" cannot be a library's name: "))
    }

    @Test(arguments: [("Comics", "is not absolute"), ("~/Comics", "begins with `~`, which is not expanded"), ("", "")])
    func `a root is written from the top`(root: String, why: String) throws {
        let lines = try refusals("[[library]]\nname = 'a'\nroot = '\(root)'")
        #expect(lines.count == 1 && lines[0].contains(why))
    }

    @Test func `two libraries of one name are refused at the second`() throws {
        let lines = try refusals("library = [{ name = 'a', root = '/a' }, { name = 'a', root = '/b' }]")
        #expect(
            lines == [
                "s.toml:1:43: two libraries are named `a`: give each a name of its own (the other is in line 1)"
            ]
        )
    }

    @Test(arguments: [("/srv/a/b", "overlaps"), ("/srv", "overlaps"), ("/srv/a/", "same"), ("/srv/x/../a", "same")])
    func `a root inside another is refused`(second: String, why: String) throws {
        let lines = try refusals("library = [{ name = 'a', root = '/srv/a' }, { name = 'b', root = '\(second)' }]")
        #expect(lines.count == 1 && lines[0].contains(why))
    }

    @Test func `roots whose names only begin alike stand side by side`() throws {
        let text = "library = [{ name = 'a', root = '/srv/a' }, { name = 'b', root = '/srv/ab' }]"
        #expect(try parse(text).libraries.count == 2)
    }

    @Test func `a root that leads into another through a link is refused`() throws {
        let scratch = try ScratchDirectory()
        let directory = try scratch.makeDirectory("real")
        let link = scratch.path.appending("link")
        try #require(symlink(directory.string, link.string) == 0)
        let lines = try refusals("", libraries: ["a=\(directory)", "b=\(link)"])
        #expect(lines.count == 1 && lines[0].contains("is the same directory as"))
    }

    @Test func `libraries of the command line come last and are made absolute`() throws {
        let configuration = try parse(
            "library = [{ name = 'a', root = '/a' }]",
            libraries: ["b=Comics", "c=/x=y", "d=../d"]
        )
        #expect(configuration.libraries.map(\.root) == ["/a", "/home/me/Comics", "/x=y", "/home/d"])
        #expect(configuration.libraries.map(\.name.text) == ["a", "b", "c", "d"])
    }

    @Test func `a bad library of the command line is refused by its own words`() throws {
        let lines = try refusals("", libraries: ["comics", "B=/b", "c=~/c", "d=/d", "d=/d/e", "=/f", "g="])
        let expected = [
            "comics: not a name and a directory", "c=~/c: `~` is not expanded here", "=/f: not a name",
            "g=: not a name",
            "B=/b: \"B\" cannot be a library's name", "d=/d/e: two libraries are named `d`",
            "d=/d/e: the root /d/e overlaps",
        ]
        #expect(lines.count == expected.count)
        for (line, beginning) in zip(lines, expected) { #expect(line.hasPrefix("--library \(beginning)")) }
    }

    @Test func `a syntax error is told with its place`() throws {
        let lines = try refusals("[daemon]\nworkers = = 2\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("s.toml:2:11: "), "\(lines)")
    }

    @Test func `bytes that are no text are refused by their line`() throws {
        for bytes in [Array("a = 1\nb = '".utf8) + [0xFF], Array("a = 1\nb\0".utf8)] {
            let fault = #expect(throws: ConfigurationFault.self) { try ConfigurationFile.decode(bytes, "s.toml") }
            #expect(fault?.summary == "s.toml:2:1: the line is not UTF-8 text: save the file as UTF-8")
        }
    }

    @Test func `the exit status tells the file from the command line`() throws {
        #expect(throws: ConfigurationFault.self) { try parse("x = 1") }
        let ofFile = #expect(throws: ConfigurationFault.self) { try parse("x = 1", libraries: ["bad"]) }
        let ofArgument = #expect(throws: ConfigurationFault.self) { try parse("", libraries: ["bad"]) }
        let ofAbsence = #expect(throws: ConfigurationFault.self) {
            try ConfigurationFile.load("/nowhere/stumpd.toml", workingDirectory: "/")
        }
        #expect(ofFile?.exitCode == 78 && ofArgument?.exitCode == 64 && ofAbsence?.exitCode == 78)
        #expect(ofAbsence == .unreadable("/nowhere/stumpd.toml", .noSuchFileOrDirectory))
    }

    @Test func `the service's file is read unless something else is asked for`() {
        let service = ["CONFIGURATION_DIRECTORY": "/etc/stump:/etc/other"]
        let path = { (flag: FilePath?, hasLibraries: Bool, exists: Bool) in
            ConfigurationFile.path(flag: flag, hasLibraries: hasLibraries, environment: service) { _ in exists }
        }
        #expect(path(nil, false, true) == "/etc/stump/stumpd.toml")
        #expect(path(nil, false, false) == nil)
        #expect(path(nil, true, true) == nil)
        #expect(path("my.toml", true, false) == "my.toml")
    }

    @Test(arguments: ["250ms", "2s", "30s", "5m", "1h", "7d", "90s"])
    func `a duration reads as it is written`(text: String) throws {
        #expect(try #require(Duration(text: text)).text == text)
    }

    @Test(arguments: ["", "2", "s", "-2s", "2.5s", "2 s", "2S", "1h30m", "1234567890s", "٢s", "2w"])
    func `anything else is no duration`(text: String) {
        #expect(Duration(text: text) == nil)
    }
}
