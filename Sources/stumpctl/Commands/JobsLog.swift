// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct JobsLog: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "log", abstract: "Print what one job had to say.")

    @Argument(help: "The job's number.", completion: LiveCompletion.job)
    var id: Int64

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        try await session.list(
            JobLogLine.self,
            ControlRequest(.jobLog, id),
            Table("TIME", "LEVEL", "MESSAGE", "PATH")
        ) { line in
            [LocalTime.text(line.at), line.level, line.remark, line.path]
        }
    }
}
