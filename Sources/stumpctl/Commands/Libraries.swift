// SPDX-License-Identifier: MIT
import ArgumentParser

struct Libraries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the libraries; show one, pause its jobs, or let them run again.",
        subcommands: [LibrariesList.self, LibrariesShow.self, LibrariesPause.self, LibrariesResume.self],
        defaultSubcommand: LibrariesList.self
    )
}
