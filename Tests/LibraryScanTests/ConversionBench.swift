// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

/// A library in which books are converted.
struct ConversionBench {
    let bench: ScanBench

    /// Everything that can be converted is, unless a test says otherwise.
    init(
        _ originals: ConversionSettings.Originals = .retain,
        kinds: Set<ConversionSettings.Kind> = [.cbr, .cb7, .cbt],
        thumbnails: ThumbnailSettings? = nil,
        on disk: TemporaryDirectory? = nil
    ) async throws {
        var settings = ConversionSettings()
        (settings.originals, settings.kinds) = (originals, kinds)
        bench = try await ScanBench(thumbnails: thumbnails, on: disk, conversion: settings)
    }

    /// The same books in a daemon that is started anew on what another has left.
    func reopened(_ originals: ConversionSettings.Originals = .retain) async throws -> ConversionBench {
        bench.workers.stop()
        try bench.store.close()
        return try await ConversionBench(originals, on: bench.disk)
    }

    /// A RAR with some pages, whose contents `seed` makes others than of another book.
    static func rar(_ seed: UInt8 = 1, pages: Int = 3, _ version: RarWriter.Version = .five) -> [UInt8] {
        let pages = (0..<pages).map { number in
            RarWriter.Entry("page\(number).png", Picture.png(width: 20 + number, height: 30 + Int(seed)))
        }
        return RarWriter.archive(pages, version)
    }

    func write(_ path: String, _ bytes: [UInt8]) throws { try bench.write(path, bytes) }

    /// Scans, and has converted what comes of it.
    func scan() async throws { _ = try await bench.scan() }

    /// Asks for one book to be converted, or back, and gives the job that did it.
    func wish(_ book: Int64, isUndo: Bool = false) async throws -> Job {
        let job = try await bench.store.wishConversion(of: book, isUndo: isUndo).job
        try await bench.serve()
        return try await bench.job(job.id)
    }

    func id(_ path: String) async throws -> Int64 { try #require(try await bench.book(path)?.id, "\(path)") }

    /// What a file of the library holds; `nil` where there is none.
    func bytes(_ path: String) -> [UInt8]? {
        let path = bench.settings.root.appending(FilePath(path).components).string
        return FileManager.default.contents(atPath: path).map { Array($0) }
    }

    /// All names in a folder of the library, hidden ones too, in order.
    func names(_ folder: String) -> [String] {
        let path = bench.settings.root.appending(FilePath(folder).components).string
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    func log(of kind: JobKind = .conversion) async throws -> [String] {
        var lines: [String] = []
        for job in try await bench.jobs(kind).sorted(by: { $0.id < $1.id }) {
            lines += try await bench.store.log(of: job.id, after: 0, limit: 1000).map(\.message)
        }
        return lines
    }

    func originals() async throws -> [OriginalEntry] {
        var filter = LibraryStore.OriginalFilter()
        filter.states = Set(OriginalEntry.State.allCases)
        return try await bench.store.originals(filter)
    }

    /// Whether nothing is left open in the database.
    func isSettled() async throws -> Bool {
        let open = try await bench.store.openConversions(of: bench.library)
        let unfinished = try await bench.store.unfinishedOriginals(of: bench.library)
        let wishes = try await bench.store.conversionWishes(of: bench.library)
        return open.isEmpty && unfinished.isEmpty && wishes.isEmpty
    }
}
