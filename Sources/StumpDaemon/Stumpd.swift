// SPDX-License-Identifier: MIT
import CLinux
import ControlAPI
import FoundationEssentials
import Glibc
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
package import Logging
import ServiceLifecycle
package import SystemPackage
import UnixSignals

/// The daemon: puts its services together, runs them in order, and stops them in reverse.
package struct Stumpd: Sendable {
    /// What the command line said.
    package struct Arguments: Sendable {
        package var configuration: FilePath?

        /// As `NAME=DIR`.
        package var libraries: [String] = []
        package var state: FilePath?
        package var cache: FilePath?
        package var socket: FilePath?
        package var logLevel: Logger.Level?

        package init() {}
    }

    /// How long the services may take to stop before they are left to the kernel.
    private static let stopLimit: Duration = .seconds(4)

    private let arguments: Arguments
    private let configuration: Configuration
    private let file: FilePath?
    private let paths: DaemonPaths
    private let lock: StateLock
    private let isService: Bool
    private let environment: [String: String]

    /// Reads the configuration and says what is wrong with it; touches nothing.
    ///
    /// - Returns: the file that was read, if any, and what it says.
    package static func configuration(
        _ arguments: Arguments
    ) throws(ConfigurationFault) -> (file: FilePath?, configuration: Configuration) {
        let file = ConfigurationFile.path(
            flag: arguments.configuration,
            hasLibraries: !arguments.libraries.isEmpty,
            environment: ProcessInfo.processInfo.environment
        ) { FileManager.default.fileExists(atPath: $0.string) }
        var configuration = try ConfigurationFile.load(
            file,
            libraries: arguments.libraries,
            workingDirectory: FilePath(FileManager.default.currentDirectoryPath)
        )
        if let level = arguments.logLevel { configuration.logLevel = level }
        return (file, configuration)
    }

    /// Makes sure of everything that the daemon needs before it is one: configuration, directories, the lock.
    ///
    /// - Throws: a ``DaemonFault``, whose exit code the process is to end with.
    package init(_ arguments: Arguments) throws {
        // Nobody but us may enter what we make; what others may see is given its mode when it is ready.
        umask(0o077)
        let here = Stumpd.surroundings(arguments)
        environment = here.environment
        self.arguments = arguments
        (file, configuration) = try Stumpd.configuration(arguments)
        isService = arguments.socket == nil && environment["RUNTIME_DIRECTORY"] != nil
        paths = try DaemonPaths(here)
        try paths.prepare()
        try StateFileSystem.refuse(paths.state)
        lock = try StateLock(paths.state)
    }

    static func surroundings(_ arguments: Arguments) -> DaemonPaths.Surroundings {
        DaemonPaths.Surroundings(
            state: arguments.state,
            cache: arguments.cache,
            socket: arguments.socket,
            environment: ProcessInfo.processInfo.environment,
            user: getuid(),
            workingDirectory: FilePath(FileManager.default.currentDirectoryPath)
        )
    }

    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: a ``DaemonFault``, whose exit code the process is to end with.
    package func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGIO, SIG_IGN)
        _ = clinux_raise_descriptor_limit()
        // Until somebody listens for it; by itself it would end the process.
        signal(SIGHUP, SIG_IGN)
        let level = LogLevel(configuration.logLevel)
        let log = LogDestination(.standardError, environment: environment).bootstrap(level: level)
        defer { log.drain() }
        let logger = Logger(label: "stumpd")
        try await refuseSecondSocket()
        let mode: mode_t = isService ? 0o660 : 0o600
        let notice = try await StartingNotice(on: paths.socket, mode: mode)
        let manager = ServiceManager()
        let state: DaemonState
        do {
            state = try await open(notice, manager, logger)
        } catch {
            notice.giveUp()
            throw error
        }
        let store = state.store
        let isListening = Signal()
        let reloader = Reloader(state, level: level, logger: logger) {
            [arguments] () throws(ConfigurationFault) in try Stumpd.configuration(arguments)
        }
        let services: [any Service] = [
            Watching(watcher: state.watcher),
            Reading(workers: state.workers),
            JobRunner(state.plan, state.jobServices),
            state.intake,
            StatusLine(state: state, manager: manager),
            state.scheduler,
            Heartbeat(state: state, manager: manager, limit: manager.watchdog, logger: logger),
            DatabaseCare(store: store, database: database, logger: logger),
            reloader,
            ControlServer(
                state: state,
                reloader: reloader,
                socket: paths.socket,
                mode: mode,
                logger: logger,
                onReady: {
                    notice.end()
                    isListening.raise()
                }
            ),
            Herald(state: state, socket: paths.socket, isListening: isListening.raised(), logger: logger),
        ]
        var quiet = Logger(label: "services")
        quiet.logLevel = max(.warning, quiet.logLevel)
        var group = ServiceGroupConfiguration(services: services, logger: quiet)
        group.gracefulShutdownSignals = [.sigterm, .sigint]
        group.maximumGracefulShutdownDuration = Stumpd.stopLimit
        group.maximumCancellationDuration = .milliseconds(500)
        try await endingOnDamage { [group] in try await ServiceGroup(configuration: group).run() }
        try? store.close()
        _ = paths.socket.withPlatformString { unlink($0) }
        logger.notice("Stopped", metadata: ["event": "daemon.stopped"])
    }

    private var database: FilePath { paths.state.appending("stump.db") }

    /// Brings everything to where it was when the daemon last ended; those who ask meanwhile are told.
    private func open(
        _ notice: StartingNotice,
        _ manager: ServiceManager,
        _ logger: Logger
    ) async throws -> DaemonState {
        let store = try openStore(notice, logger)
        notice.say("it takes up what the last run left")
        let state = try DaemonState(
            configuration,
            from: file,
            store: store,
            state: paths.state,
            cache: paths.cache,
            workerProgram: Stumpd.workerProgram
        )
        // A million books' directories and jobs take a while to take up, and much longer on a disk that is busy.
        manager.extendTimeout(by: .seconds(300), status: "taking up what the last run left")
        try await endingOnDamage { try await state.prepare(logger) }
        return state
    }

    private func openStore(_ notice: StartingNotice, _ logger: Logger) throws -> LibraryStore {
        do {
            return try LibraryStore(
                opening: database,
                now: { .wallClock },
                onCheck: {
                    announceCheck($0, logger)
                    notice.say("it checks its database after an unclean stop")
                },
                onMigration: {
                    announceMigration($0, logger)
                    notice.say("it brings its database to this version's form")
                }
            )
        } catch {
            throw DatabaseFault(error, database)
        }
    }

    private func announceCheck(_ bytes: Int64, _ logger: Logger) {
        logger.notice(
            "Checking the database after an unclean stop",
            metadata: ["path": "\(database)", "bytes": "\(bytes)", "event": "database.checking"]
        )
        // A megabyte a second is a disk that is failing, which is when a check is needed most.
        ServiceManager().extendTimeout(
            by: .seconds(60 + bytes >> 20),
            status: "checking the database after an unclean stop"
        )
    }

    private func announceMigration(_ bytes: Int64, _ logger: Logger) {
        logger.notice(
            "Copying the database, and bringing it to this version's form",
            metadata: ["path": "\(database)", "bytes": "\(bytes)", "event": "database.migrating"]
        )
        // It is read, written twice and read once more.
        ServiceManager().extendTimeout(
            by: .seconds(60 + bytes >> 18),
            status: "bringing the database to this version's form"
        )
    }

    /// Damage that is found late ends the daemon as damage that is found at the start does.
    private func endingOnDamage(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch  where StoreFault.isDamage(error) {
            throw DatabaseFault(LibraryStore.fault(error, at: database), database)
        }
    }

    /// A socket that somebody answers belongs to another daemon; the server would take its name away.
    private func refuseSecondSocket() async throws {
        let client = ControlClient(socket: paths.socket.string, timeout: .seconds(2))
        if (try? await client.send(ControlRequest(.version))) != nil {
            throw SocketTaken(socket: paths.socket)
        }
    }

    /// Beside `stumpd`, as it is built, or where it is installed.
    private static var workerProgram: FilePath {
        let own = FilePath((try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
        let beside = own.removingLastComponent().appending("stump-worker")
        if FileManager.default.isExecutableFile(atPath: beside.string) { return beside }
        return own.removingLastComponent().removingLastComponent().appending("libexec/stump/stump-worker")
    }
}

extension Timestamp {
    /// Now, by the system's clock.
    static var wallClock: Timestamp {
        Timestamp(nanoseconds: Int64(Date.now.timeIntervalSince1970 * 1e6) * 1000)
    }
}
