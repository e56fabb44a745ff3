// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import LibraryWatch
import Support
import SystemPackage
import Testing

@Suite("A listing leaves out what the library's rules ignore")
struct IgnoreTests {
    private func write(_ rules: String, in directory: FilePath = "library", of library: WatchedLibrary) throws {
        try library.disk.write(directory.appending(IgnoreFile.name), Array(rules.utf8))
    }

    @Test func `entries are told apart by the files of rules from the root down`() async throws {
        let library = try WatchedLibrary()
        for directory in ["a/b", "extras", "drafts"] {
            try library.disk.makeDirectory(FilePath("library/\(directory)"))
        }
        for file in ["a/1.cbz", "a/2.cbz", "a/b/1.cbz", "a/b/2.cbz", "extras/1.cbz", "extras/2.cbz"] {
            try library.disk.write(FilePath("library/\(file)"))
        }
        try write("1.cbz\ndrafts/\nextras/\n!extras/2.cbz", of: library)
        try write("!b/1.cbz", in: "library/a", of: library)
        let listings = try await library.listAll()
        #expect(Set(listings.keys) == ["", "a", "a/b", "extras"])
        #expect(listings[""]?.kind(of: "drafts") == .ignoredDirectory)
        #expect(listings[""]?.ignoreFile?.lines.count == 4)
        #expect(listings["a"]?.kind(of: "1.cbz") == .ignoredFile)
        #expect(listings["a"]?.isBook("2.cbz") == true)
        #expect(listings["a/b"]?.isBook("1.cbz") == true)
        #expect(listings["extras"]?.kind(of: "1.cbz") == .ignoredFile)
        #expect(listings["extras"]?.isBook("2.cbz") == true)
        // The root, and the three directories that are listed.
        #expect(try library.kernelWatches() == 4)
    }

    @Test func `a directory that is ignored is not listed, and not watched any more`() async throws {
        let library = try WatchedLibrary()
        try library.disk.makeDirectory("library/a/b")
        try await library.listAll()
        #expect(try library.kernelWatches() == 3)
        try write("a/", of: library)
        let path = library.disk.path.appending("library").appending("a")
        await #expect(throws: ListingFault.ignored(path)) { try await library.list("a/b") }
        #expect(try await library.list().kind(of: "a") == .ignoredDirectory)
        #expect(try library.kernelWatches() == 1)
    }

    @Test func `an edit of the rules has everything below their directory listed`() async throws {
        let library = try WatchedLibrary()
        try library.disk.makeDirectory("library/a/b")
        try await library.listAll()
        try write("*.pdf", in: "library/a", of: library)
        #expect(try await library.changes()["a"]?.kinds == .everything)
        // Written again in place.
        try write("*.zip", in: "library/a", of: library)
        #expect(try await library.changes()["a"]?.kinds == .everything)
        try library.disk.remove("library/a/.stumpignore")
        #expect(try await library.changes()["a"]?.kinds == .everything)
    }

    @Test func `by other rules nothing below counts as taken in, until somebody says so`() async throws {
        let library = try WatchedLibrary()
        try library.disk.makeDirectory("library/a/b")
        try await library.confirmAll()
        #expect(try await library.list().unseen.isEmpty)
        try write("*.pdf", of: library)
        #expect(try await library.list().unseen == [FileName("a")])
        // Whoever listed it may have been held up.
        #expect(try await library.list().unseen == [FileName("a")])
        #expect(try await library.list("a").unseen == [FileName("b")])
        try await library.confirmAll()
        #expect(try await library.list().unseen.isEmpty)
    }

    @Test func `a look at every listing finds rules that changed unseen`() async throws {
        let disk = try TemporaryDirectory()
        let library = try WatchedLibrary(isStarted: false, disk: disk)
        try disk.makeDirectory("library/a/b")
        try disk.write("library/a/b/1.cbz")
        try await library.confirmAll()
        await library.watcher.audit(library.name) { false }
        #expect(library.watcher.takeNews().changes.isEmpty)
        // Nobody reads events here.
        try write("1.cbz", of: library)
        await library.watcher.audit(library.name) { false }
        #expect(Set(library.watcher.takeNews().changes.map(\.directory)).isSuperset(of: ["a/b"]))
    }

    @Test func `a path's verdict names the line that decided, of what does not exist too`() async throws {
        let library = try WatchedLibrary()
        try library.disk.makeDirectory("library/a/b")
        try write("drafts/", of: library)
        try write("*.pdf\n!keep.pdf", in: "library/a", of: library)
        let verdict = { path in try await library.watcher.verdict(on: path, of: library.name) }
        #expect(try await verdict("a/b/1.pdf").cause?.text == "`*.pdf`, line 1 of a/.stumpignore")
        #expect(try await verdict("a/b/keep.pdf").isIgnored == false)
        #expect(try await verdict("a/b/c/drafts/1.cbz").cause?.text == "`drafts/`, line 1 of .stumpignore")
        #expect(try await verdict("drafts") == IgnoreVerdict())
        #expect(try await verdict("a/b") == IgnoreVerdict())
    }

    @Test func `rules that cannot be read are told, and count as none`() async throws {
        let library = try WatchedLibrary()
        try library.disk.write("library/1.cbz")
        try library.disk.write("elsewhere", Array("*".utf8))
        try library.disk.makeSymbolicLink("library/.stumpignore", to: "../elsewhere")
        var listing = try await library.list()
        #expect(listing.ignoreFault == .noFile(".stumpignore") && listing.isBook("1.cbz"))
        try library.disk.remove("library/.stumpignore")
        try library.disk.makePipe("library/.stumpignore")
        listing = try await library.list()
        #expect(listing.ignoreFault == .noFile(".stumpignore") && listing.isBook("1.cbz"))
        try library.disk.remove("library/.stumpignore")
        try library.disk.write("library/.stumpignore", Array(repeating: UInt8(ascii: "#"), count: IgnoreFile.limit + 1))
        listing = try await library.list()
        #expect(listing.ignoreFault == .tooLong(".stumpignore") && listing.isBook("1.cbz"))
        if geteuid() != 0 {
            try write("*", of: library)
            try library.disk.setMode("library/.stumpignore", 0)
            #expect(try await library.list().ignoreFault == .denied(".stumpignore"))
        }
        try library.disk.remove("library/.stumpignore")
        #expect(try await library.list().ignoreFault == nil)
    }
}

extension WatchedLibrary {
    /// Lists everything and says that it is in the catalog.
    fileprivate func confirmAll() async throws {
        for (path, listing) in try await listAll() { watcher.confirm(path, listing.stamp, listing.digest, of: name) }
    }
}
