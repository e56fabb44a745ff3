// SPDX-License-Identifier: MIT
import ArgumentParser

struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List jobs, newest first; show, cancel one, or read its log.",
        subcommands: [JobsList.self, JobsShow.self, JobsLog.self, JobsCancel.self],
        defaultSubcommand: JobsList.self
    )
}
