// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import StumpDaemon

@Suite("The example configuration tells the truth")
struct ExampleConfigurationTests {
    /// The example beside the sources.
    private let path = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        .appending("etc/stumpd.toml".split(separator: "/").compactMap { FilePath.Component(String($0)) })

    private func load() throws -> Configuration {
        try ConfigurationFile.load(path, workingDirectory: "/")
    }

    @Test func `it loads as it is, and means the defaults`() throws {
        #expect(try load() == Configuration())
    }

    @Test func `with its comments opened it still loads, and still means the defaults`() throws {
        let bytes = try ScratchDirectory.read(path)
        let text = try ConfigurationFile.decode(bytes, path)
        let opened = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? $0.dropFirst() : $0 }.joined(separator: "\n")
        let configuration = try ConfigurationFile.parse((opened, of: path))
        var expected = Configuration()
        expected.libraries = [LibrarySettings(name: try #require(LibraryName("comics")), root: "/srv/comics")]
        #expect(configuration == expected)
        for section in ConfigurationSection.allCases where section != .document {
            #expect(opened.contains("\n\(section.header)\n"))
            for key in section.accepted where !["thumbnails", "conversion", "scale"].contains(key) {
                #expect(opened.contains("\n\(key) = "), "\(section.header) \(key)")
            }
        }
        #expect(opened.contains("scale = "))
    }
}
