// SPDX-License-Identifier: MIT

/// Whether the daemon can do its work.
package struct HealthReport: Codable, Equatable, Sendable {
    package var healthy: Bool
    /// As in the status.
    package var state: String
    package var warnings: [Warning]

    package init(healthy: Bool, state: String, warnings: [Warning] = []) {
        self.healthy = healthy
        self.state = state
        self.warnings = warnings
    }
}

/// Who answers.
package struct VersionReport: Codable, Equatable, Sendable {
    package var version: String

    package init(version: String) {
        self.version = version
    }
}

/// What is in the index after waiting for it.
package struct FlushReport: Codable, Equatable, Sendable {
    /// Whether all that was on disk and ready before the call is in the index.
    package var settled: Bool
    package var pending: [PendingFile]

    package init(settled: Bool, pending: [PendingFile] = []) {
        self.settled = settled
        self.pending = pending
    }
}

/// A file that is not in the index yet.
package struct PendingFile: Codable, Equatable, Sendable {
    package var library: String
    package var path: String
    package var reason: String

    package init(library: String, path: String, reason: String) {
        self.library = library
        self.path = path
        self.reason = reason
    }
}

/// What was forgotten of the jobs.
package struct PruneReport: Codable, Equatable, Sendable {
    package var deleted: Int

    package init(deleted: Int) {
        self.deleted = deleted
    }
}

/// One line of what a job had to say.
package struct JobLogLine: Codable, Equatable, Sendable {
    package var at: String
    package var level: String
    package var message: String
    @Nullable package var path: String?

    package init(
        at: String,
        level: String,
        message: String,
        path: String? = nil
    ) {
        self.at = at
        self.level = level
        self.message = message
        self.path = path
    }
}
