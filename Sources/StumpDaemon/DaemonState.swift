// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Logging
import Synchronization

/// Everything that answers of the daemon are made of.
struct DaemonState: Sendable {
    let current: CurrentConfiguration
    let plan: JobPlan
    let store: LibraryStore
    let watcher: LibraryWatcher
    let workers: WorkerPool

    /// What the workers had in hand when the last daemon ended.
    let inFlight: [BookInFlight]
    let pending: PendingBooks
    let losses: LossLedger
    let running: RunningJobs
    let libraryGuard: LibraryGuard
    let thumbnails: ThumbnailFiles
    let stall: QueueStall
    let conversions: ConversionDesk
    let intake: Intake
    let scheduler: Scheduler
    let phase: DaemonPhase
    let clock: any SteadyClock
    let startedAt: Timestamp
    let counted = CountedIndex()
    let now: @Sendable () -> Timestamp

    /// Makes the logger of a part of the daemon, by the part's name.
    let logger: @Sendable (String) -> Logger

    /// What is in force now.
    var configuration: Configuration { current.configuration }

    func settings(of name: String) throws(StoreFault) -> LibrarySettings {
        guard let settings = configuration.libraries.first(where: { $0.name.text == name }) else {
            throw .unknownLibrary(name)
        }
        return settings
    }

    /// What is asked for on a library that is known to be out of reach fails at once.
    func refuseOffline(_ library: LibraryName) throws(JobFault) {
        if case .offline(let reason) = libraryGuard.conditions.condition(of: library) { throw .offline(reason) }
    }
}

/// Where the daemon is in its life.
final class DaemonPhase: Sendable {
    enum Phase: String, Sendable {
        case starting
        case ready
        case stopping
    }

    private let phase = Mutex(Phase.starting)

    var current: Phase { phase.withLock { $0 } }

    func enter(_ next: Phase) {
        phase.withLock { $0 = next }
    }
}
