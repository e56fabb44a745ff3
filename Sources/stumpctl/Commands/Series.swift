// SPDX-License-Identifier: MIT
import ArgumentParser

struct Series: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List series, or show one.",
        subcommands: [SeriesList.self, SeriesShow.self],
        defaultSubcommand: SeriesList.self
    )
}
