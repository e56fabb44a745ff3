// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Logging
import ServiceLifecycle

/// Feeds the service manager's watchdog as long as the daemon truly works, and no longer.
///
/// Twice in the time that the unit allows, it looks whether everything that matters has answered since the last look:
/// the database where it is written, whoever runs jobs, whoever reads the kernel's events. Then it asks again. What does
/// not answer starves the watchdog, and the manager ends and restarts the daemon. Nothing of it touches a disk.
struct Heartbeat: Service {
    let state: DaemonState
    let manager: ServiceManager

    /// The time that the unit allows; `nil` without a watchdog.
    let limit: Duration?
    let logger: Logger

    func run() async throws {
        guard let limit else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            var round = HeartbeatRound(state)
            round.ask()
            manager.alive()
            while (try? await state.clock.sleep(for: limit / 2)) != nil {
                if let change = round.look() { tell(change) }
                if round.silent.isEmpty { manager.alive() }
                round.ask()
            }
        }
    }

    private func tell(_ change: HeartbeatRound.Change) {
        switch change {
        case .silent(let parts):
            logger.critical(
                "A part of stumpd does not answer; the service manager restarts it if that lasts",
                metadata: ["part": "\(parts.joined(separator: " "))", "event": "daemon.stuck"]
            )
        case .answered: logger.notice("All parts of stumpd answer again", metadata: ["event": "daemon.unstuck"])
        }
    }
}

/// The parts that are asked, and which of them have not answered.
struct HeartbeatRound {
    enum Change: Equatable {
        case silent([String])
        case answered
    }

    struct Part: Sendable {
        let name: String
        let pulse: Pulse

        /// Has the part answer the pulse, without waiting for it.
        let ask: @Sendable () -> Void
    }

    private let parts: [Part]

    /// The parts that had not answered at the last look.
    private(set) var silent: [String] = []

    init(_ parts: [Part]) {
        self.parts = parts
    }

    init(_ state: DaemonState) {
        let database = Pulse()
        self.init([
            Part(name: "database", pulse: database) { [store = state.store] in
                database.ask()
                store.answer(database)
            },
            Part(name: "queue", pulse: state.running.pulse) { [running = state.running] in running.askPulse() },
            Part(name: "watcher", pulse: state.watcher.pulse) { [watcher = state.watcher] in watcher.askPulse() },
        ])
    }

    /// Asks those that have answered; who has not is asked already.
    func ask() {
        for part in parts where part.pulse.isAnswered { part.ask() }
    }

    /// Looks who has answered; gives what is different from the last look.
    mutating func look() -> Change? {
        let before = silent
        silent = parts.filter { !$0.pulse.isAnswered }.map(\.name)
        if silent == before { return nil }
        return silent.isEmpty ? .answered : .silent(silent)
    }
}
