// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Stats: DaemonCommand {
    static let configuration = CommandConfiguration(abstract: "Show what the index holds, in figures.")

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let statistics = try await session.client.get(IndexStatistics.self, ControlRequest(.stats))
        try session.show(statistics) { paint in
            Stats.tables(statistics).flatMap { table -> [String] in
                var lines = table.lines(width: session.terminal.columns(.data))
                lines[0] = paint.strong(lines[0])
                return lines + [""]
            } + Stats.facts(statistics)
        }
    }

    /// Libraries, formats and jobs; one of which there is nothing to tell is left out.
    static func tables(_ statistics: IndexStatistics) -> [Table] {
        var libraries = Table(
            "LIBRARY",
            ">BOOKS",
            ">SERIES",
            ">PAGES",
            ">SIZE",
            ">ERRORS",
            ">UNSUPPORTED",
            ">MISSING",
            ">IGNORED"
        )
        for library in statistics.libraries { libraries.add(row(library.name, library.counts)) }
        if statistics.libraries.count != 1 { libraries.add(row("all", statistics.total)) }
        var formats = Table("FORMAT", ">BOOKS", ">PAGES", ">SIZE")
        for format in statistics.formats {
            formats.add([
                format.format, Quantity.count(format.books), Quantity.count(format.pages),
                Quantity.bytes(format.sizeBytes),
            ])
        }
        var jobs = Table("JOBS", ">COMPLETED", ">FAILED", ">CANCELLED", ">TOGETHER")
        for job in statistics.jobs {
            jobs.add([
                job.kind, Quantity.count(job.completed), Quantity.count(job.failed), Quantity.count(job.cancelled),
                Quantity.seconds(job.ranSeconds),
            ])
        }
        return [libraries, formats, jobs].filter { !$0.rows.isEmpty }
    }

    private static func row(_ name: String, _ counts: BookFigures) -> [String?] {
        [
            name, Quantity.count(counts.books), Quantity.count(counts.series), Quantity.count(counts.pages),
            Quantity.bytes(counts.sizeBytes), Quantity.count(counts.errors), Quantity.count(counts.unsupported),
            Quantity.count(counts.missing), Quantity.count(counts.ignored),
        ]
    }

    static func facts(_ statistics: IndexStatistics) -> [String] {
        var sheet = FactSheet()
        sheet.add("Languages", statistics.languages.map(text))
        sheet.add("Genres", statistics.genres.map(text))
        sheet.add("Publishers", statistics.publishers.map(text))
        sheet.add("Thumbnails", text(statistics.thumbnails, "file"))
        let books = statistics.total.books + statistics.total.missing + statistics.total.ignored
        let each = books > 0 ? ", \(Quantity.bytes(statistics.database.sizeBytes / Int64(books))) a book" : ""
        sheet.add("Database", Quantity.bytes(statistics.database.sizeBytes) + each)
        sheet.add("Backups", text(statistics.backups, "file"))
        return sheet.lines
    }

    private static func text(_ word: WordCount) -> String { "\(word.word) \(Quantity.count(word.books))" }

    private static func text(_ files: FileFigures, _ noun: String) -> String {
        "\(Quantity.count(files.files)) \(noun)\(files.files == 1 ? "" : "s"), \(Quantity.bytes(files.sizeBytes))"
    }
}
