// SPDX-License-Identifier: MIT
import ControlAPI
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Logging
import ServiceLifecycle
import Synchronization
import SystemPackage
import UnixSignals

/// Takes in the configuration anew, when it is told to: by SIGHUP, or by a client.
///
/// It is done here and not where it was asked for, so that it is done one at a time, and to its end, whoever hangs up.
final class Reloader: Service {
    private typealias Asker = CheckedContinuation<ConfigurationChange, any Error>

    private let state: DaemonState
    private let load: @Sendable () throws(ConfigurationFault) -> (file: FilePath?, configuration: Configuration)
    private let level: LogLevel
    private let logger: Logger
    private let askers = Mutex<[Asker]?>([])
    private let signal = Signal()

    /// `load` reads the file and judges it, and `level` is that of all loggers.
    init(
        _ state: DaemonState,
        level: LogLevel,
        logger: Logger,
        load: @escaping @Sendable () throws(ConfigurationFault) -> (file: FilePath?, configuration: Configuration)
    ) {
        (self.state, self.level, self.logger, self.load) = (state, level, logger, load)
    }

    /// The file that the configuration in force came from.
    var file: String? { state.current.origin.file?.string }

    /// Serves until the daemon stops.
    func run() async throws {
        let asked = signal.raised()
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { for await _ in hangUps { _ = try? await self.reload() } }
                group.addTask { for await _ in asked { await self.answer() } }
            }
        }
        let late = askers.withLock { $0.take() }
        for asker in late ?? [] { asker.resume(throwing: CancellationError()) }
    }

    /// Has the file read and applied, and says what has changed.
    ///
    /// - Throws: ``ConfigurationFault`` where it is refused, and what the database throws; the old one is in force then.
    func reload() async throws -> ConfigurationChange {
        try await withCheckedThrowingContinuation { asker in
            let isServed = askers.withLock { askers in
                askers?.append(asker)
                return askers != nil
            }
            if isServed { signal.raise() } else { asker.resume(throwing: CancellationError()) }
        }
    }

    private func answer() async {
        let askers = askers.withLock { askers in
            defer { if askers != nil { askers = [] } }
            return askers ?? []
        }
        if askers.isEmpty { return }
        let outcome: Result<ConfigurationChange, any Error>
        do {
            outcome = .success(try await reloadNow())
        } catch {
            outcome = .failure(error)
        }
        for asker in askers { asker.resume(with: outcome) }
    }

    private func reloadNow() async throws -> ConfigurationChange {
        let manager = ServiceManager()
        manager.reloading()
        defer { manager.ready(status: state.statusLine) }
        do {
            let (file, configuration) = try load()
            let change = ConfigurationChange(from: state.configuration, to: configuration)
            try await apply(configuration, from: file, change)
            tell(change, file)
            await announce(change)
            return change
        } catch {
            logger.error(
                "Configuration is refused; the one before stays in force",
                metadata: ["reason": "\((error as? any Fault)?.summary ?? "\(error)")", "event": "config.refused"]
            )
            throw error
        }
    }

    private func apply(_ new: Configuration, from file: FilePath?, _ change: ConfigurationChange) async throws {
        await state.plan.hold(change.held) { jobs in
            for job in jobs { state.running[job]?.stop(.order(.interrupt(.reconfigured))) }
            state.workers.withdrawUnwanted()
        }
        defer {
            state.plan.release()
            state.store.queueSignal.raise()
        }
        // What can fail comes first: from here on nothing is as it was before.
        if !change.held.isEmpty || !change.added.isEmpty {
            try await state.tellChanges(state.store.configure(new.libraries), logger)
        }
        await state.intake.retire(change.unwatched)
        state.watcher.exchange(change.unwatched, for: change.watched)
        for library in change.displaced {
            await state.pending.forget(library)
            await state.losses.forget(library)
            await state.libraryGuard.forget(library)
            state.conversions.forget(library)
        }
        state.plan.change(to: JobPlan.Settings(new))
        state.current.change(to: new, from: file, at: state.now())
        level.set(new.logLevel)
        state.workers.resize(to: new.poolSize)
        state.watcher.setPollInterval(new.pollInterval)
        await goOn(change)
        await state.intake.take(change.watched, quiet: new.quiet, patience: new.patience)
        await state.scheduler.change(to: new)
    }

    /// Brings what has come to where it was when it was there last, and asks for what is due of it.
    private func goOn(_ change: ConfigurationChange) async {
        do {
            for library in change.watched where library.watch != .off {
                try await state.store.tree(of: library.name, state.watcher.restore(library.name))
            }
            try await state.goOn(with: change.added + change.changed.map(\.library))
            for library in change.unread {
                if case .offline = state.libraryGuard.conditions.condition(of: library.name) { continue }
                _ = try await state.store.request(LibraryStore.JobRequest(library: library.name, trigger: .start))
            }
        } catch {
            // The queue stands still then, and says so; the next scan finds the same.
            logger.error("What is due by the new configuration cannot be queued", metadata: ["reason": "\(error)"])
        }
    }

    private func announce(_ change: ConfigurationChange) async {
        do {
            let data = try ControlJSON.encode(ReloadReport(change, file))
            try await state.store.tell(.configReloaded, data: String(decoding: data, as: UTF8.self))
        } catch {
            logger.error("An event could not be kept", metadata: ["type": "config.reloaded", "reason": "\(error)"])
        }
    }

    private func tell(_ change: ConfigurationChange, _ file: FilePath?) {
        var metadata: Logger.Metadata = ["event": "config.reloaded"]
        metadata["path"] = file.map { "\($0)" }
        let lists = [
            "added": change.added.map(\.name.text), "removed": change.removed.map(\.text),
            "changed": change.changed.map(\.library.name.text), "keys": change.keys,
        ]
        for (key, list) in lists where !list.isEmpty { metadata[key] = "\(list.joined(separator: " "))" }
        logger.notice(change.isEmpty ? "Configuration is as it was" : "Configuration is in force", metadata: metadata)
    }
}
