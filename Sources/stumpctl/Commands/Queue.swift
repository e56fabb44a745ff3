// SPDX-License-Identifier: MIT
import ArgumentParser

struct Queue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pause all jobs, or let them run again.",
        subcommands: [QueuePause.self, QueueResume.self]
    )
}
