// SPDX-License-Identifier: MIT

/// What the index holds, in figures; of the libraries that are in the configuration.
package struct IndexStatistics: Codable, Equatable, Sendable {
    /// All libraries together.
    package var total: BookFigures
    package var libraries: [LibraryStatistics]
    /// The largest number of books first.
    package var formats: [FormatStatistics]
    /// What most of the books that are there say of themselves, ten at most.
    package var languages: [WordCount]
    package var genres: [WordCount]
    package var publishers: [WordCount]
    /// Jobs that have ended since the database was made, those that were forgotten too.
    package var jobs: [JobStatistics]
    package var thumbnails: FileFigures
    /// The database and its log.
    package var database: FileFigures
    package var backups: FileFigures

    package init(
        total: BookFigures,
        libraries: [LibraryStatistics],
        formats: [FormatStatistics],
        languages: [WordCount],
        genres: [WordCount],
        publishers: [WordCount],
        jobs: [JobStatistics],
        thumbnails: FileFigures,
        database: FileFigures,
        backups: FileFigures
    ) {
        self.total = total
        self.libraries = libraries
        self.formats = formats
        self.languages = languages
        self.genres = genres
        self.publishers = publishers
        self.jobs = jobs
        self.thumbnails = thumbnails
        self.database = database
        self.backups = backups
    }
}

/// Books in figures; pages and bytes are of those that are there.
package struct BookFigures: Codable, Equatable, Sendable {
    package var series: Int
    /// Those that are there, whatever is wrong with them.
    package var books: Int
    package var errors: Int
    package var unsupported: Int
    package var missing: Int
    package var ignored: Int
    package var pages: Int
    package var sizeBytes: Int64

    package init(
        series: Int = 0,
        books: Int = 0,
        errors: Int = 0,
        unsupported: Int = 0,
        missing: Int = 0,
        ignored: Int = 0,
        pages: Int = 0,
        sizeBytes: Int64 = 0
    ) {
        self.series = series
        self.books = books
        self.errors = errors
        self.unsupported = unsupported
        self.missing = missing
        self.ignored = ignored
        self.pages = pages
        self.sizeBytes = sizeBytes
    }

    private enum CodingKeys: String, CodingKey {
        case series
        case books
        case errors
        case unsupported
        case missing
        case ignored
        case pages
        case sizeBytes = "size_bytes"
    }
}

package struct LibraryStatistics: Codable, Equatable, Sendable {
    package var name: String
    package var counts: BookFigures

    package init(name: String, counts: BookFigures) {
        self.name = name
        self.counts = counts
    }
}

/// Books of one format that are there.
package struct FormatStatistics: Codable, Equatable, Sendable {
    package var format: String
    package var books: Int
    package var pages: Int
    package var sizeBytes: Int64

    package init(format: String, books: Int, pages: Int, sizeBytes: Int64) {
        self.format = format
        self.books = books
        self.pages = pages
        self.sizeBytes = sizeBytes
    }

    private enum CodingKeys: String, CodingKey {
        case format
        case books
        case pages
        case sizeBytes = "size_bytes"
    }
}

/// How many books say a word of themselves.
package struct WordCount: Codable, Equatable, Sendable {
    package var word: String
    package var books: Int

    package init(word: String, books: Int) {
        self.word = word
        self.books = books
    }
}

package struct JobStatistics: Codable, Equatable, Sendable {
    package var kind: String
    package var completed: Int
    package var failed: Int
    package var cancelled: Int
    /// How long they ran together.
    package var ranSeconds: Double

    package init(kind: String, completed: Int = 0, failed: Int = 0, cancelled: Int = 0, ranSeconds: Double = 0) {
        self.kind = kind
        self.completed = completed
        self.failed = failed
        self.cancelled = cancelled
        self.ranSeconds = ranSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case kind
        case completed
        case failed
        case cancelled
        case ranSeconds = "ran_seconds"
    }
}

/// Files of ours.
package struct FileFigures: Codable, Equatable, Sendable {
    package var files: Int
    package var sizeBytes: Int64

    package init(files: Int, sizeBytes: Int64) {
        self.files = files
        self.sizeBytes = sizeBytes
    }

    private enum CodingKeys: String, CodingKey {
        case files
        case sizeBytes = "size_bytes"
    }
}
