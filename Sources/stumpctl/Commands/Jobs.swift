// SPDX-License-Identifier: MIT
import ArgumentParser

struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List jobs, newest first; show one, read its log, pause, resume, cancel or retry it.",
        subcommands: [
            JobsList.self, JobsShow.self, JobsLog.self, JobsCancel.self, JobsPause.self, JobsResume.self,
            JobsRetry.self, JobsPrune.self,
        ],
        defaultSubcommand: JobsList.self
    )
}
