// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import StumpDaemon

@Suite("Of a new configuration only what is different is touched")
struct ConfigurationChangeTests {
    private func configuration(_ text: String) throws -> Configuration {
        try ConfigurationFile.parse((text, of: "/etc/stump/stumpd.toml"))
    }

    private func change(_ old: String, _ new: String) throws -> ConfigurationChange {
        ConfigurationChange(from: try configuration(old), to: try configuration(new))
    }

    private static let comics = "[[library]]\nname = 'comics'\nroot = '/srv/comics'\n"
    private static let manga = "[[library]]\nname = 'manga'\nroot = '/srv/manga'\n"

    @Test func `the same file, and the same libraries in another order, change nothing`() throws {
        let both = Self.comics + Self.manga
        #expect(try change(both, both).isEmpty)
        #expect(try change(both, Self.manga + Self.comics).isEmpty)
    }

    @Test func `a library that comes or goes concerns no other`() throws {
        let added = try change(Self.comics, Self.comics + Self.manga)
        #expect(added.added.map(\.name.text) == ["manga"] && added.held.isEmpty && added.unwatched.isEmpty)
        #expect(added.watched.map(\.name.text) == ["manga"] && added.unread.isEmpty)
        let removed = try change(Self.comics + Self.manga, Self.comics)
        #expect(removed.removed.map(\.text) == ["manga"] && removed.held.map(\.text) == ["manga"])
        #expect(removed.unwatched == removed.displaced && removed.watched.isEmpty)
    }

    @Test(arguments: [
        ("root = '/srv/comics'", "root = '/mnt/comics'", "root"),
        ("", "watch = 'poll'", "watch"),
        ("ignore = ['extras/']", "ignore = ['extra/']", "ignore"),
    ])
    func `what decides what is seen of a library has it watched anew`(old: String, new: String, key: String) throws {
        let base = old.hasPrefix("root") ? "[[library]]\nname = 'comics'\n" : Self.comics
        let change = try change(base + old, base + new)
        #expect(change.changed.map(\.keys) == [[key]])
        #expect(change.unwatched.map(\.text) == ["comics"] && change.watched.map(\.name.text) == ["comics"])
        #expect(change.held.map(\.text) == ["comics"])
        #expect(change.displaced.isEmpty == (key != "root"))
    }

    @Test(arguments: [
        ("pattern = 'collection'", "pattern", true), ("hash = true", "hash", true),
        ("koreader_hash = true", "koreader_hash", true), ("metadata = false", "metadata", true),
        ("[library.thumbnails]\nquality = 80", "thumbnails", true),
        ("[library.conversion]\nto_cbz = ['cbr']", "conversion", true),
        ("schedule = '03:30'", "schedule", false), ("scan_mode = 'sync'", "scan_mode", false),
    ])
    func `what decides how books are read has a library scanned and leaves its watches`(
        line: String,
        key: String,
        isScanned: Bool
    ) throws {
        let change = try change(Self.comics, Self.comics + line)
        #expect(change.changed.map(\.keys) == [[key]])
        #expect(change.unwatched.isEmpty && change.watched.isEmpty)
        #expect(change.unread.map(\.name.text) == (isScanned ? ["comics"] : []))
        #expect(change.held.map(\.text) == (isScanned ? ["comics"] : []))
    }

    @Test(arguments: [
        ("daemon", "workers = 3"), ("daemon", "log_level = 'debug'"), ("daemon", "history = '1d'"),
        ("daemon", "backup = 'off'"), ("daemon", "purge_missing = '30d'"), ("watch", "quiet = '1s'"),
        ("watch", "patience = '40s'"), ("watch", "poll_interval = '1m'"),
    ])
    func `a key that is no library's disturbs no library`(table: String, line: String) throws {
        let change = try change(Self.comics, "[\(table)]\n\(line)\n" + Self.comics)
        #expect(change.keys == ["\(table).\(line.prefix { $0 != " " })"])
        #expect(change.held.isEmpty && change.unwatched.isEmpty && change.changed.isEmpty)
    }
}
