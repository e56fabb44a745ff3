// SPDX-License-Identifier: MIT
import ArgumentParser

struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration before the daemon gets it, and show the one in force.",
        subcommands: [ConfigCheck.self, ConfigShow.self]
    )
}
