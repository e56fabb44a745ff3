// SPDX-License-Identifier: MIT

/// What a job does; the raw value is the API's word.
package enum JobKind: String, Sendable, Codable, CaseIterable {
    /// Compares a library, or the directories of it that changed, with the catalog.
    case libraryScan = "library_scan"

    /// Compares the paths that somebody named.
    case seriesScan = "series_scan"

    /// Makes the thumbnails that scans found to be due.
    case thumbnailGeneration = "thumbnail_generation"

    package var isScan: Bool { self != .thumbnailGeneration }
}

/// The states of a job; the raw value is the API's word.
package enum JobState: String, Sendable, Codable, CaseIterable {
    case queued
    case running
    case completed
    case cancelled
    case failed

    package var isTerminal: Bool { self == .completed || self == .cancelled || self == .failed }

    /// Whether a job may go from this state to `next`; nothing else is ever written.
    package func allows(_ next: JobState) -> Bool {
        switch (self, next) {
        case (.queued, .running), (.queued, .cancelled): true
        // Back to the queue after the daemon was killed: what is committed compares as unchanged.
        case (.running, .queued): true
        case (.running, .completed), (.running, .cancelled), (.running, .failed): true
        default: false
        }
    }
}

/// Who asked for a job.
package enum JobTrigger: String, Sendable, Codable {
    case watch
    case user
    case schedule
    case start
    case retry
}

/// The order in which waiting jobs run: the smaller, the sooner.
package enum JobPriority: Int, Sendable, Codable, Comparable {
    case userPath = 1
    case userLibrary = 2
    case watch = 3
    case schedule = 4
    case background = 5

    package static func < (left: JobPriority, right: JobPriority) -> Bool { left.rawValue < right.rawValue }
}

/// How a scan departs from the usual one.
package struct ScanOptions: Hashable, Sendable, Codable {
    /// Every book is read again, changed or not.
    package var force = false

    /// Losses that would be held are applied.
    package var acceptLosses = false

    package init(force: Bool = false, acceptLosses: Bool = false) {
        self.force = force
        self.acceptLosses = acceptLosses
    }

    /// What two requests want together.
    package func merged(with other: ScanOptions) -> ScanOptions {
        ScanOptions(force: force || other.force, acceptLosses: acceptLosses || other.acceptLosses)
    }

    private enum CodingKeys: String, CodingKey {
        case force
        case acceptLosses = "accept_losses"
    }
}

/// Figures of one job, named as Stump names them.
package struct ScanReport: Equatable, Sendable {
    package enum Counter: String, CaseIterable, Sendable {
        case totalFiles = "total_files"
        case totalDirectories = "total_directories"
        case ignoredFiles = "ignored_files"
        case ignoredDirectories = "ignored_directories"
        case skippedFiles = "skipped_files"
        case createdMedia = "created_media"
        case updatedMedia = "updated_media"
        case createdSeries = "created_series"
        case updatedSeries = "updated_series"
        case movedMedia = "moved_media"
        case missingMedia = "missing_media"
        case restoredMedia = "restored_media"
        case convertedMedia = "converted_media"
        case failedMedia = "failed_media"
        case heldLosses = "held_losses"
        case createdThumbnails = "created_thumbnails"
        case readBytes = "read_bytes"
    }

    private var counts: [Counter: Int] = [:]

    package init() {}

    package subscript(counter: Counter) -> Int {
        get { counts[counter, default: 0] }
        // What is zero is not kept, so that equal figures are equal reports.
        set { counts[counter] = newValue == 0 ? nil : newValue }
    }

    /// Adds the figures of another part of the same job.
    package mutating func add(_ other: ScanReport) {
        for (counter, count) in other.counts { self[counter] += count }
    }
}

extension ScanReport: Codable {
    package init(from decoder: any Decoder) throws {
        for (name, count) in try [String: Int](from: decoder) {
            if let counter = Counter(rawValue: name) { self[counter] = count }
        }
    }

    package func encode(to encoder: any Encoder) throws {
        try Dictionary(uniqueKeysWithValues: Counter.allCases.map { ($0.rawValue, self[$0]) }).encode(to: encoder)
    }
}

/// How far a job has come, named as the API names it.
///
/// A total that is not known yet is `nil`, never invented.
package struct JobProgress: Equatable, Sendable, Codable {
    package enum Phase: String, Sendable, Codable {
        case walk
        case read
        case thumbnail
    }

    package var phase: Phase
    package var directoriesDone = 0
    package var directoriesTotal: Int?
    package var filesDone = 0
    package var filesTotal: Int?

    /// Of the books read, in bytes.
    package var bytesDone: Int64 = 0

    /// The path in work, for people.
    package var current: String?

    /// Derived by ``estimate(after:)``, like all that follow.
    package private(set) var filesPerSecond: Double?
    package private(set) var remainingSeconds: Double?
    package private(set) var percent: Double?

    package init(phase: Phase) {
        self.phase = phase
    }

    /// Works out rate, share and remaining time from the time that the present phase has taken.
    package mutating func estimate(after elapsed: Duration) {
        let seconds = elapsed / .seconds(1)
        filesPerSecond = seconds > 0 ? (Double(filesDone) / seconds).rounded(toPlaces: 1) : nil
        guard phase != .walk, let filesTotal, filesTotal > 0 else {
            (remainingSeconds, percent) = (nil, nil)
            return
        }
        let share = min(1, Double(filesDone) / Double(filesTotal))
        percent = (share * 100).rounded(toPlaces: 1)
        remainingSeconds = share > 0 ? (seconds * (1 - share) / share).rounded(toPlaces: 1) : nil
    }

    private enum CodingKeys: String, CodingKey {
        case phase
        case directoriesDone = "directories_done"
        case directoriesTotal = "directories_total"
        case filesDone = "files_done"
        case filesTotal = "files_total"
        case bytesDone = "bytes_done"
        case current
        case filesPerSecond = "files_per_second"
        case remainingSeconds = "remaining_seconds"
        case percent
    }
}

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> Double {
        var factor = 1.0
        for _ in 0..<places { factor *= 10 }
        return (self * factor).rounded() / factor
    }
}

/// One job of the queue, as the database holds it.
package struct Job: Sendable, Equatable {
    package var id: Int64
    package var kind: JobKind
    package var library: LibraryName
    package var state: JobState
    package var trigger: JobTrigger
    package var priority: JobPriority
    package var scope: ScanScope
    package var options: ScanOptions
    package var createdAt: Timestamp
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?

    /// How often the job was started.
    package var attempt: Int

    /// How many further requests joined it while it waited.
    package var merged: Int
    package var progress: JobProgress?
    package var report: ScanReport?
    package var errorCode: String?
    package var errorDetail: String?

    /// The thumbnail job that this scan caused.
    package var followUp: Int64?

    package init(
        id: Int64,
        kind: JobKind,
        library: LibraryName,
        state: JobState,
        trigger: JobTrigger,
        priority: JobPriority,
        scope: ScanScope,
        options: ScanOptions,
        createdAt: Timestamp,
        startedAt: Timestamp? = nil,
        finishedAt: Timestamp? = nil,
        attempt: Int = 0,
        merged: Int = 0,
        progress: JobProgress? = nil,
        report: ScanReport? = nil,
        errorCode: String? = nil,
        errorDetail: String? = nil,
        followUp: Int64? = nil
    ) {
        self.id = id
        self.kind = kind
        self.library = library
        self.state = state
        self.trigger = trigger
        self.priority = priority
        self.scope = scope
        self.options = options
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.attempt = attempt
        self.merged = merged
        self.progress = progress
        self.report = report
        self.errorCode = errorCode
        self.errorDetail = errorDetail
        self.followUp = followUp
    }
}
