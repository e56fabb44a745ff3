// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct SeriesShow: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one series.")

    @Argument(help: "The series' number.")
    var id: Int64

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let series = try await session.client.get(SeriesSummary.self, ControlRequest(.oneSeries, id))
        try session.show(series) { SeriesShow.lines(series, $0) }
    }

    static func lines(_ series: SeriesSummary, _ paint: Paint) -> [String] {
        var sheet = FactSheet()
        sheet.add("library", series.library)
        sheet.add("path", series.path)
        sheet.add("books", series.books)
        sheet.add("missing", series.missing)
        if let metadata = series.metadata { sheet.add(metadata) }
        let title = paint.strong("#\(series.id) \(ShownText.escaped(series.name))")
        return ["\(title): \(paint.state(series.state))"] + sheet.lines.map { "  " + $0 }
    }
}
