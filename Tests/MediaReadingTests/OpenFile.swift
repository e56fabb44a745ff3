// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import MediaReading
import SystemPackage
import Testing

/// A file without a name, for as long as a test needs it.
struct OpenFile: ~Copyable {
    let descriptor: Int32

    init(_ bytes: [UInt8] = []) throws {
        var path = Array("/tmp/stump-test-XXXXXX".utf8CString)
        descriptor = mkstemp(&path)
        try #require(descriptor >= 0)
        unlink(path)
        try #require(write(descriptor, bytes, bytes.count) == bytes.count)
        // Of two files that are written one after the other the times are the same.
        let time = timespec(tv_sec: 1_000_000_000, tv_nsec: 0)
        try #require(futimens(descriptor, [time, time]) == 0)
    }

    /// A file that another program wrote.
    init(reading path: FilePath) throws {
        descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC) }
        try #require(descriptor >= 0)
    }

    deinit {
        close(descriptor)
    }

    /// Writes bytes at an offset, which may lie behind the end, and answers where they end.
    func put(_ bytes: [UInt8], at offset: Int) throws -> Int {
        try #require(pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count)
        return offset + bytes.count
    }

    var contents: [UInt8] {
        let size = Int(lseek(descriptor, 0, SEEK_END))
        var bytes = [UInt8](repeating: 0, count: size)
        return pread(descriptor, &bytes, size, 0) == size ? bytes : []
    }
}

/// What is learned from a file of these bytes.
func facts(
    of bytes: [UInt8],
    promised: MediaFormat = .cbz,
    readsMetadata: Bool = true,
    checksParts: Bool = false,
    hashes: HashWishes = []
) throws -> BookFacts {
    let file = try OpenFile(bytes)
    let reader = BookReader(descriptor: file.descriptor, promised: promised)
    return reader.facts(readsMetadata: readsMetadata, checksParts: checksParts, hashes: hashes)
}

/// What comes of decoding all pages of a file of these bytes.
func pages(of bytes: [UInt8], promised: MediaFormat = .cbz) throws -> PageAnalysis {
    let file = try OpenFile(bytes)
    return BookReader(descriptor: file.descriptor, promised: promised).pages()
}

/// The report on a thumbnail, and its bytes.
func thumbnail(
    of bytes: [UInt8],
    promised: MediaFormat = .cbz,
    _ settings: ThumbnailSettings = ThumbnailSettings()
) throws -> (outcome: WorkReport.Outcome, webp: [UInt8]) {
    let file = try OpenFile(bytes)
    let output = try OpenFile()
    let reader = BookReader(descriptor: file.descriptor, promised: promised)
    let outcome = reader.thumbnail(settings, writingTo: output.descriptor)
    return (outcome, output.contents)
}
