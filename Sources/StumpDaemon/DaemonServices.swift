// SPDX-License-Identifier: MIT
import ControlAPI
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Logging
import ServiceLifecycle
import SystemPackage

/// Reads kernel events as long as the daemon runs.
struct Watching: Service {
    let watcher: LibraryWatcher

    func run() async throws {
        watcher.start()
        try? await gracefulShutdown()
        watcher.stop()
    }
}

/// Keeps the workers until the jobs that use them have stopped.
struct Reading: Service {
    let workers: WorkerPool

    func run() async throws {
        try? await gracefulShutdown()
        workers.stop()
    }
}

/// The last to start and the first to stop: tells the service manager, the journal and all who listen.
struct Herald: Service {
    let state: DaemonState
    let socket: FilePath
    let isListening: AsyncStream<Void>
    let logger: Logger

    func run() async throws {
        for await _ in isListening.cancelOnGracefulShutdown() {
            try await announce()
            break
        }
        try? await gracefulShutdown()
        state.phase.enter(.stopping)
        ServiceManager().stopping()
        logger.notice("Stopping", metadata: ["event": "daemon.stopping"])
        try? await state.store.tell(.daemonStopping)
        // The server waits for its answers to end, and these would not.
        state.store.events.close()
    }

    /// Says that the daemon is ready, once its socket has answered a question.
    private func announce() async throws {
        state.phase.enter(.ready)
        _ = try await ControlClient(socket: socket.string).send(ControlRequest(.health))
        let count = state.configuration.libraries.count
        ServiceManager().ready(status: state.statusLine)
        logger.notice(
            "Ready",
            metadata: ["socket": "\(socket)", "libraries": "\(count)", "event": "daemon.ready"]
        )
        do {
            try await state.store.tell(.daemonReady)
        } catch  where !StoreFault.isDamage(error) {
            // The queue stands still then, and says so.
            logger.error("An event could not be kept", metadata: ["type": "daemon.ready", "reason": "\(error)"])
        }
    }
}
