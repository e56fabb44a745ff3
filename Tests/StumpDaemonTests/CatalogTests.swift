// SPDX-License-Identifier: MIT
import StumpDaemon
import SystemPackage
import Testing

@Suite("journalctl -x explains every message id")
struct CatalogTests {
    /// The catalog beside the sources, an entry a line that begins with `-- `.
    private func entries() throws -> [String: [Substring]] {
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let bytes = try ScratchDirectory.read(root.appending("systemd").appending("stump.catalog"))
        let text = String(decoding: bytes, as: UTF8.self)
        var entries: [String: [Substring]] = [:]
        var id = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("-- ") {
                id = String(line.dropFirst(3))
                #expect(entries[id] == nil, "\(id) comes twice")
                entries[id] = []
            } else {
                entries[id, default: []].append(line)
            }
        }
        entries[""] = nil
        return entries
    }

    @Test func `each id has an entry with a subject and a text, and no entry is of an id that there is not`() throws {
        let entries = try entries()
        #expect(Set(entries.keys) == Set(MessageID.allCases.map(\.rawValue)))
        for (id, lines) in entries {
            #expect(lines.first?.hasPrefix("Subject: ") == true, "\(id)")
            #expect(lines.contains("Defined-By: stumpd"), "\(id)")
            let text = lines.drop { !$0.isEmpty }.filter { !$0.isEmpty }
            #expect(!text.isEmpty, "\(id) says nothing")
        }
    }
}
