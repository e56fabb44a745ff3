// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct BooksShow: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one book.")

    @Argument(help: "The book's number.")
    var id: Int64

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let book = try await session.client.get(BookSummary.self, ControlRequest(.book, id))
        try session.show(book) { BooksShow.lines(book, $0) }
    }

    static func lines(_ book: BookSummary, _ paint: Paint) -> [String] {
        var sheet = FactSheet()
        sheet.add("library", book.library)
        sheet.add(
            "in series",
            [book.series, book.seriesID.map { "(#\($0))" }].compactMap { $0 }.joined(separator: " ")
        )
        sheet.add("path", book.path)
        sheet.add("format", book.format)
        sheet.add("size", Quantity.bytes(book.sizeBytes))
        sheet.add("pages", book.pages)
        sheet.add("modified", book.modifiedAt.map(LocalTime.text))
        sheet.add("added", LocalTime.text(book.addedAt))
        sheet.add("updated", LocalTime.text(book.updatedAt))
        sheet.add("missing since", book.missingSince.map(LocalTime.text))
        sheet.add("fingerprint", book.fingerprint)
        sheet.add("hash", book.hash)
        sheet.add("koreader hash", book.koreaderHash)
        sheet.add("analysis", book.analysis.map(text))
        sheet.add("thumbnail", book.thumbnail.map { _ in "yes: `stumpctl thumbnail \(book.id) -o FILE`" })
        if let metadata = book.metadata { sheet.add(metadata) }
        let title = paint.strong("#\(book.id) \(ShownText.escaped(book.name))")
        return ["\(title): \(paint.state(book.state))"] + sheet.lines.map { "  " + $0 }
    }

    /// `33 of 36 pages whole, 2 damaged, 1 not judged, typically 1200×1800; looked at …`.
    private static func text(_ analysis: AnalysisSummary) -> String {
        var parts = ["\(Quantity.count(analysis.decoded)) of \(Quantity.count(analysis.pages, "page", "pages")) whole"]
        if analysis.damaged > 0 { parts.append("\(Quantity.count(analysis.damaged)) damaged") }
        if analysis.skipped > 0 { parts.append("\(Quantity.count(analysis.skipped)) not judged") }
        if let width = analysis.typicalWidth, let height = analysis.typicalHeight {
            parts.append("typically \(width)×\(height)")
        }
        return parts.joined(separator: ", ") + "; looked at \(LocalTime.text(analysis.at))"
    }
}
