// SPDX-License-Identifier: MIT
import ArgumentParser

struct Books: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List books, or show one.",
        subcommands: [BooksList.self, BooksShow.self],
        defaultSubcommand: BooksList.self
    )
}
