// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI
import Glibc
import LibraryModel
import Logging
import StumpDaemon
import SystemPackage

/// Reads the command line and runs the daemon in the foreground.
@main
struct StumpdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stumpd",
        abstract: "Keeps an index of comic and ebook libraries true.",
        discussion: "Runs in the foreground until SIGTERM. stumpctl asks it and tells it.",
        version: Release.version
    )

    @Option(help: ArgumentHelp("The configuration.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("A library beside those of the configuration; may be repeated.", valueName: "name=dir"))
    var library: [String] = []

    @Option(help: ArgumentHelp("Where the database is.", valueName: "dir"))
    var state: String?

    @Option(help: ArgumentHelp("Where thumbnails are.", valueName: "dir"))
    var cache: String?

    @Option(help: ArgumentHelp("Where clients ask.", valueName: "path"))
    var socket: String?

    @Option(
        help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"),
        transform: StumpdCommand.level
    )
    var logLevel: Logger.Level?

    @Flag(help: "Say whether the configuration is accepted, and end.")
    var checkConfig = false

    @Option(
        help: ArgumentHelp(
            "Put a backup in the place of the database, and end; without --state, where the backup came from.",
            discussion:
                "Backups are in the state directory, below `backups`. The old database is kept beside the new one.",
            valueName: "backup"
        )
    )
    var restore: String?

    func validate() throws {
        if checkConfig, restore != nil { throw ValidationError("--check-config and --restore are two things") }
    }

    func run() async throws {
        var arguments = Stumpd.Arguments()
        arguments.configuration = config.map { FilePath($0) }
        arguments.libraries = library
        arguments.state = state.map { FilePath($0) }
        arguments.cache = cache.map { FilePath($0) }
        arguments.socket = socket.map { FilePath($0) }
        arguments.logLevel = logLevel
        do {
            if checkConfig {
                try check(arguments)
            } else if let restore {
                for line in try Stumpd.restore(FilePath(restore), arguments) { print(line) }
            } else {
                try await Stumpd(arguments).run()
            }
        } catch let fault as any DaemonFault {
            complain(fault)
            throw ArgumentParser.ExitCode(fault.exitCode)
        } catch let fault as any Fault {
            complain(fault)
            throw ArgumentParser.ExitCode.failure
        }
    }

    private static func level(_ word: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: word) else { throw ValidationError("there is no log level `\(word)`") }
        return level
    }

    private func check(_ arguments: Stumpd.Arguments) throws {
        let (file, configuration) = try Stumpd.configuration(arguments)
        let count = configuration.libraries.count
        let libraries = count == 1 ? "1 library" : "\(count) libraries"
        print("\(file.map { "\($0)" } ?? "the command line"): accepted, \(libraries)")
    }

    private func complain(_ fault: any Fault) {
        var text = "stumpd: error: \(fault.summary)\n"
        if let remedy = fault.remedy { text += "hint: \(remedy)\n" }
        // The last words of the process: there is nobody left to tell if they cannot be written.
        _ = text.utf8.withContiguousStorageIfAvailable { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
