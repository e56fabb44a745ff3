// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI
import Glibc

@main
struct Stumpctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stumpctl",
        abstract: "Asks the stump daemon, and tells it what to do.",
        version: Release.version,
        subcommands: [
            Status.self, Libraries.self, Scan.self, Analyze.self, Flush.self, Follow.self, Events.self, Jobs.self,
            Queue.self, Series.self, Books.self, Search.self, Thumbnail.self, Problems.self, Duplicates.self,
            Missing.self, Stats.self, Metrics.self,
            Convert.self, Originals.self, Explain.self,
            Backup.self, Health.self, Version.self, Config.self, Reload.self,
        ]
    )

    // Shared with the command that follows: ArgumentParser decodes a group of options once.
    @OptionGroup var options: GlobalOptions

    static func main() async {
        var options: GlobalOptions?
        do {
            var command = try await asyncParseAsRoot()
            options = (command as? any DaemonCommand)?.options
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            fail(error, options)
        }
    }

    private static func fail(_ error: any Error, _ options: GlobalOptions?) -> Never {
        // Help and --version are thrown too.
        guard exitCode(for: error) != .success else { exit(withError: error) }
        let report = ErrorReport(error, options)
        let terminal = Terminal(color: options?.color ?? .auto, isQuiet: false)
        report.tell(terminal, json: options?.json ?? CommandLine.arguments.contains("--json"))
        Glibc.exit(report.exitCode)
    }
}
