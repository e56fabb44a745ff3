// SPDX-License-Identifier: MIT
import ArgumentParser

/// What every command understands that asks for jobs.
struct WaitOptions: ParsableArguments {
    @Flag(
        help: """
            Wait until the jobs and the thumbnails they cause are done, and show how far they are. Ctrl-C ends the \
            waiting, never the jobs.
            """
    )
    var wait = false

    @Flag(help: "The same as --wait.")
    var follow = false

    var isWanted: Bool { wait || follow }
}
