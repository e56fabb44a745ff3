// SPDX-License-Identifier: MIT
import ArgumentParser

struct Libraries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the libraries; show one, pause its jobs, let them run again, or forget a retired one.",
        subcommands: [
            LibrariesList.self, LibrariesShow.self, LibrariesPause.self, LibrariesResume.self, LibrariesPurge.self,
        ],
        defaultSubcommand: LibrariesList.self
    )
}
