// SPDX-License-Identifier: MIT
import ArgumentParser

struct Originals: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what converted books were before, and remove it.",
        subcommands: [OriginalsList.self, OriginalsRemove.self],
        defaultSubcommand: OriginalsList.self
    )
}
