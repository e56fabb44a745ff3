// SPDX-License-Identifier: MIT

/// Work that begins by itself at its time.
package struct ScheduleSummary: Codable, Equatable, Sendable {
    package var name: String
    /// Null for what concerns all of them, such as the backup.
    @Nullable package var library: String?
    /// As the configuration has it, such as `03:30` or `every 6h`.
    package var spec: String
    package var nextRunAt: String
    @Nullable package var lastRunAt: String?

    package init(
        name: String,
        library: String? = nil,
        spec: String,
        nextRunAt: String,
        lastRunAt: String? = nil
    ) {
        self.name = name
        self.library = library
        self.spec = spec
        self.nextRunAt = nextRunAt
        self.lastRunAt = lastRunAt
    }

    private enum CodingKeys: String, CodingKey {
        case name
        case library
        case spec
        case nextRunAt = "next_run_at"
        case lastRunAt = "last_run_at"
    }
}
