// SPDX-License-Identifier: MIT

/// The configuration in force, with the names that it has in the file; durations are in seconds.
package struct ConfigurationSummary: Codable, Equatable, Sendable {
    package struct Daemon: Codable, Equatable, Sendable {
        package var workers: Int
        package var logLevel: String
        package var historySeconds: Double
        package var backup: String
        /// Null for never.
        @Nullable package var purgeMissingSeconds: Double?

        package init(
            workers: Int,
            logLevel: String,
            historySeconds: Double,
            backup: String,
            purgeMissingSeconds: Double?
        ) {
            self.workers = workers
            self.logLevel = logLevel
            self.historySeconds = historySeconds
            self.backup = backup
            self.purgeMissingSeconds = purgeMissingSeconds
        }

        private enum CodingKeys: String, CodingKey {
            case workers
            case logLevel = "log_level"
            case historySeconds = "history_seconds"
            case backup
            case purgeMissingSeconds = "purge_missing_seconds"
        }
    }

    package struct Watch: Codable, Equatable, Sendable {
        package var quietSeconds: Double
        package var patienceSeconds: Double
        package var pollIntervalSeconds: Double

        package init(quietSeconds: Double, patienceSeconds: Double, pollIntervalSeconds: Double) {
            self.quietSeconds = quietSeconds
            self.patienceSeconds = patienceSeconds
            self.pollIntervalSeconds = pollIntervalSeconds
        }

        private enum CodingKeys: String, CodingKey {
            case quietSeconds = "quiet_seconds"
            case patienceSeconds = "patience_seconds"
            case pollIntervalSeconds = "poll_interval_seconds"
        }
    }

    package struct Thumbnails: Codable, Equatable, Sendable {
        /// Width and height; null where `scale` is given.
        @Nullable package var fit: [Int]?
        @Nullable package var scale: Double?
        package var quality: Int
        package var effort: Int

        package init(fit: [Int]?, scale: Double?, quality: Int, effort: Int) {
            self.fit = fit
            self.scale = scale
            self.quality = quality
            self.effort = effort
        }
    }

    package struct Conversion: Codable, Equatable, Sendable {
        package var toCbz: [String]
        package var originals: String
        package var retainSeconds: Double

        package init(toCbz: [String], originals: String, retainSeconds: Double) {
            self.toCbz = toCbz
            self.originals = originals
            self.retainSeconds = retainSeconds
        }

        private enum CodingKeys: String, CodingKey {
            case toCbz = "to_cbz"
            case originals
            case retainSeconds = "retain_seconds"
        }
    }

    package struct Library: Codable, Equatable, Sendable {
        package var name: String
        package var root: String
        package var pattern: String
        package var scanMode: String
        package var watch: String
        package var schedule: String
        package var ignore: [String]
        package var metadata: Bool
        package var hash: Bool
        package var koreaderHash: Bool
        /// Null where they are switched off.
        @Nullable package var thumbnails: Thumbnails?
        package var conversion: Conversion

        package init(
            name: String,
            root: String,
            pattern: String,
            scanMode: String,
            watch: String,
            schedule: String,
            ignore: [String],
            metadata: Bool,
            hash: Bool,
            koreaderHash: Bool,
            thumbnails: Thumbnails?,
            conversion: Conversion
        ) {
            (self.name, self.root, self.pattern, self.scanMode) = (name, root, pattern, scanMode)
            (self.watch, self.schedule, self.ignore) = (watch, schedule, ignore)
            (self.metadata, self.hash, self.koreaderHash) = (metadata, hash, koreaderHash)
            self.conversion = conversion
            self.thumbnails = thumbnails
        }

        private enum CodingKeys: String, CodingKey {
            case name
            case root
            case pattern
            case scanMode = "scan_mode"
            case watch
            case schedule
            case ignore
            case metadata
            case hash
            case koreaderHash = "koreader_hash"
            case thumbnails
            case conversion
        }
    }

    /// Where it was read; null where the daemon was given libraries on its command line alone.
    @Nullable package var file: String?
    package var loadedAt: String
    package var daemon: Daemon
    package var watch: Watch
    package var libraries: [Library]

    package init(file: String?, loadedAt: String, daemon: Daemon, watch: Watch, libraries: [Library]) {
        self.loadedAt = loadedAt
        self.daemon = daemon
        self.watch = watch
        self.libraries = libraries
        self.file = file
    }

    private enum CodingKeys: String, CodingKey {
        case file
        case loadedAt = "loaded_at"
        case daemon
        case watch
        case libraries
    }
}
