// SPDX-License-Identifier: MIT

/// How far a running job is.
///
/// A total that is not known yet is null, never invented, and so is all that would follow from it.
package struct ProgressSummary: Codable, Equatable, Sendable {
    package var phase: String
    @Nullable package var message: String?
    package var directoriesDone: Int
    @Nullable package var directoriesTotal: Int?
    package var filesDone: Int
    @Nullable package var filesTotal: Int?
    package var bytesDone: Int64
    @Nullable package var bytesTotal: Int64?
    /// The path being worked on, relative to the library's root.
    @Nullable package var current: String?
    @Nullable package var filesPerSecond: Double?
    @Nullable package var remainingSeconds: Double?
    @Nullable package var percent: Double?

    package init(
        phase: String,
        message: String? = nil,
        directoriesDone: Int,
        directoriesTotal: Int? = nil,
        filesDone: Int,
        filesTotal: Int? = nil,
        bytesDone: Int64,
        bytesTotal: Int64? = nil,
        current: String? = nil,
        filesPerSecond: Double? = nil,
        remainingSeconds: Double? = nil,
        percent: Double? = nil
    ) {
        self.phase = phase
        self.message = message
        self.directoriesDone = directoriesDone
        self.directoriesTotal = directoriesTotal
        self.filesDone = filesDone
        self.filesTotal = filesTotal
        self.bytesDone = bytesDone
        self.bytesTotal = bytesTotal
        self.current = current
        self.filesPerSecond = filesPerSecond
        self.remainingSeconds = remainingSeconds
        self.percent = percent
    }

    private enum CodingKeys: String, CodingKey {
        case phase
        case message
        case directoriesDone = "directories_done"
        case directoriesTotal = "directories_total"
        case filesDone = "files_done"
        case filesTotal = "files_total"
        case bytesDone = "bytes_done"
        case bytesTotal = "bytes_total"
        case current
        case filesPerSecond = "files_per_second"
        case remainingSeconds = "remaining_seconds"
        case percent
    }
}
