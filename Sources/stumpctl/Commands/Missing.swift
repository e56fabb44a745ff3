// SPDX-License-Identifier: MIT
import ArgumentParser

struct Missing: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List books that are missing, and confirm losses that are held.",
        subcommands: [MissingList.self, MissingAccept.self],
        defaultSubcommand: MissingList.self
    )
}
