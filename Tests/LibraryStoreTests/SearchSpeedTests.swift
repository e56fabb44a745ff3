// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import Support
import SystemPackage
import Testing

@testable import LibraryStore

@Suite(
    "A large index stays small and quick",
    .enabled(
        if: ProcessInfo.processInfo.environment["STUMP_SLOW_TESTS"] == "1",
        "takes long; STUMP_SLOW_TESTS=1 runs it"
    )
)
struct SearchSpeedTests {
    private static let books = 200_000

    /// Ten words of each kind, from which names are made that meet again as those of a real shelf do.
    private static let nouns = [
        "Batman", "Spider-Man", "Knight", "Dragon", "Galaxy", "Phoenix", "Shadow", "Frankenstein", "Detective",
        "Kingdom",
    ]
    private static let syllables = ["ka", "lo", "mi", "ren", "tas", "vor", "ul", "ser", "nem", "dri", "pol", "quin"]

    private static func name(_ random: inout SplitMix) -> String {
        (0..<Int(3 + random.next() % 3)).map { _ in syllables[Int(random.next() % 12)] }.joined().capitalized
    }

    private static func record(_ number: Int, in bench: StoreBench, _ random: inout SplitMix) -> BookRecord {
        let series = number / 50
        let noun = nouns[series % 10]
        let title = "The \(noun) of \(String(series, radix: 36)) \(name(&random))"
        let issue = number % 50
        let folder = "\(noun) \(series % 7 == 0 ? "進撃の巨人" : "") Vol \(series)"
        var record = bench.record(
            FilePath("\(folder)/\(noun) \(series) \(issue < 10 ? "00" : "0")\(issue) (2012) (Digital).cbz")
        )
        var metadata = BookMetadata()
        metadata.note(.title, .text(title), from: .comicinfo)
        metadata.note(.series, .text("\(noun) \(name(&random))"), from: .comicinfo)
        metadata.note(.number, .text("\(issue)"), from: .comicinfo)
        metadata.note(.year, .integer(2012), from: .comicinfo)
        metadata.note(.publisher, .text("Publisher \(series % 40)"), from: .comicinfo)
        metadata.note(.writers, .list(["\(name(&random)) \(name(&random))"]), from: .comicinfo)
        metadata.note(.pencillers, .list(["\(name(&random)) \(name(&random))"]), from: .comicinfo)
        metadata.note(.genres, .list(["Superhero", "Adventure"]), from: .comicinfo)
        metadata.note(.characters, .list([noun, name(&random)]), from: .comicinfo)
        metadata.completeSortTitle()
        record.facts?.metadata = metadata
        record.facts?.fingerprint = Fingerprint(
            bytes: (0..<16).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) }
        )
        record.stamp = FileStamp(
            device: 1,
            inode: UInt64(number),
            born: Timestamp(nanoseconds: Int64(number)),
            size: 30_000_000,
            modified: Timestamp(nanoseconds: 1),
            changed: Timestamp(nanoseconds: 1)
        )
        return record
    }

    private static func fill(_ bench: StoreBench, _ count: Int) async throws {
        var random = SplitMix(seed: 7)
        for start in stride(from: 0, to: count, by: 500) {
            let part = (start..<min(start + 500, count)).map { record($0, in: bench, &random) }
            try await bench.store.commit(for: bench.comics, job: nil) { catalog in
                for record in part { try catalog.record(record) }
            }
        }
        try await bench.store.tend()
    }

    @Test func `200,000 books are searched in 30 ms, whatever is asked, and take 2 KB each`() async throws {
        let bench = try await StoreBench()
        try await SearchSpeedTests.fill(bench, SearchSpeedTests.books)
        let questions = [
            "batman", "the", "the knight", "t", "th", "b", "frankenstien", "spiderman 7", "batman 3000 12", "巨人", "人",
            "superhero adventure", "kalomi", "kalomj rentas", "galaxi 12", "nothing like that", "the of",
            "2012 digital",
            "phoenix vol 1005 7", "publisher", "a b c d e f g h", "dettective shadow",
        ]
        let clock = ContinuousClock()
        for text in questions {
            let query = try #require(SearchQuery(text))
            _ = try await bench.store.search(query, limit: 50)
            var best = Duration.seconds(9)
            var count = 0
            for _ in 0..<3 {
                let start = clock.now
                count = try await bench.store.search(query, limit: 50).count
                best = min(best, clock.now - start)
            }
            print("\(text): \(count) hits, \(best / .milliseconds(1)) ms")
            // The rows of the page itself are decoded by Swift, which without optimising takes its time.
            #expect(best < .milliseconds(_isDebugAssertConfiguration() ? 100 : 30), "\(text)")
        }
        let tables = try await bench.store.pool.read { db in
            try Row.fetchAll(db, sql: "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC").map {
                "\($0[0] as String) \(($0[1] as Int64) / Int64(SearchSpeedTests.books))"
            }
        }
        print("bytes a book: \(tables.joined(separator: ", "))")
        let pages = try await bench.store.pool.read {
            try Int64.fetchOne($0, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        }
        #expect(try #require(pages) / Int64(SearchSpeedTests.books) <= 2048)
    }
}
