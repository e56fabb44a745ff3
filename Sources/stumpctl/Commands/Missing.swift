// SPDX-License-Identifier: MIT
import ArgumentParser

struct Missing: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List books that are missing, confirm losses that are held, and forget what is gone for good.",
        subcommands: [MissingList.self, MissingAccept.self, MissingPurge.self],
        defaultSubcommand: MissingList.self
    )
}
