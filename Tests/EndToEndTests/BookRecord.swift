// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

/// What is to stay the same in a book when its disk comes and goes.
struct BookRecord: Equatable {
    let id: Int64
    let library: String
    let path: String
    let state: String
    let pages: Int?
    let addedAt: String
    let fingerprint: String?
    let thumbnail: String?

    init(_ book: BookSummary) {
        id = book.id
        library = book.library
        path = book.path
        state = book.state
        pages = book.pages
        addedAt = book.addedAt
        fingerprint = book.fingerprint
        thumbnail = book.thumbnail
    }
}

extension RunningDaemon {
    /// All books, by library and path.
    func records() async throws -> [BookRecord] {
        try await books().map(BookRecord.init).sorted { ($0.library, $0.path) < ($1.library, $1.path) }
    }

    func library(_ name: String) async throws -> LibrarySummary {
        try #require(try await status().libraries.first { $0.name == name })
    }

    /// No scan ever marked a book as missing or made one twice.
    func expectNothingLost(created: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let reports = try await client.all(JobSummary.self, ControlRequest(.jobs)).compactMap(\.report)
        #expect(reports.reduce(0) { $0 + $1.missingMedia } == 0, sourceLocation: sourceLocation)
        #expect(reports.reduce(0) { $0 + $1.createdMedia } == created, sourceLocation: sourceLocation)
    }
}
