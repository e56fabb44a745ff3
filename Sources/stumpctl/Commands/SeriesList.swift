// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct SeriesList: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List series.")

    @Option(help: "Only series of this library.", completion: LiveCompletion.library)
    var library: String?

    @Option(help: "Only series in this state: ready or missing.")
    var state: String?

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        try await session.list(
            SeriesSummary.self,
            ControlRequest(.series, query: ["library": library, "state": state]),
            Table(">ID", "LIBRARY", "SERIES", ">BOOKS", ">MISSING", "STATE", "PATH")
        ) { series in
            [
                String(series.id),
                series.library,
                series.name,
                Quantity.count(series.books),
                Quantity.count(series.missing),
                series.state,
                series.path,
            ]
        }
    }
}
