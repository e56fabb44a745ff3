// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel
import LibraryScan
import Synchronization
import SystemPackage

/// The configuration in force: where it came from, and since when.
final class CurrentConfiguration: Sendable {
    struct Origin: Sendable {
        /// `nil` where no file was read.
        var file: FilePath?
        var since: Timestamp
    }

    private let state: Mutex<(configuration: Configuration, origin: Origin)>

    init(_ configuration: Configuration, from file: FilePath?, at instant: Timestamp) {
        state = Mutex((configuration, Origin(file: file, since: instant)))
    }

    var configuration: Configuration { state.withLock { $0.configuration } }

    var origin: Origin { state.withLock { $0.origin } }

    func change(to configuration: Configuration, from file: FilePath?, at instant: Timestamp) {
        state.withLock { $0 = (configuration, Origin(file: file, since: instant)) }
    }
}

extension Configuration {
    /// How many workers there are, with one a core where nothing else is said.
    var poolSize: Int {
        workers > 0 ? workers : min(ProcessInfo.processInfo.activeProcessorCount, Configuration.mostWorkers)
    }
}

extension JobPlan.Settings {
    init(_ configuration: Configuration) {
        self.init(
            configuration.libraries,
            history: configuration.history,
            purgeMissing: configuration.purgeMissing,
            quiet: configuration.quiet
        )
    }
}
