// SPDX-License-Identifier: MIT

/// How far a job has come, named as the API names it.
///
/// A total that is not known yet is `nil`, never invented.
package struct JobProgress: Equatable, Sendable, Codable {
    package enum Phase: String, Sendable, Codable {
        case walk
        case read
        case thumbnail

        /// Decodes pages.
        case decode

        /// Writes books anew in another format.
        case convert

        /// Copies the database.
        case copy

        /// Checks the database.
        case check

        /// Forgets what is old.
        case tidy
    }

    package var phase: Phase
    package var directoriesDone = 0
    package var directoriesTotal: Int?
    package var filesDone = 0
    package var filesTotal: Int?

    /// Of the books read, in bytes.
    package var bytesDone: Int64 = 0

    /// Of the books to be read; `nil` before it is known which.
    package var bytesTotal: Int64?

    /// The path in work, for people.
    package var current: String?

    /// Derived by ``estimate(after:since:remaining:)``, like all that follow.
    package private(set) var filesPerSecond: Double?
    package private(set) var remainingSeconds: Double?
    package private(set) var percent: Double?

    package init(phase: Phase) {
        self.phase = phase
    }

    /// Works out rate, share and remaining time from the time that the present phase has taken.
    ///
    /// - Parameters:
    ///   - elapsed: what it has taken.
    ///   - base: files that were done when the phase began, and say nothing of its rate.
    ///   - remaining: estimates the time that is left until so many files and bytes are done.
    package mutating func estimate(
        after elapsed: Duration,
        since base: Int = 0,
        remaining: ((files: Int, bytes: Int64)) -> Duration?
    ) {
        let seconds = elapsed / .seconds(1)
        filesPerSecond = seconds > 0 ? (Double(filesDone - base) / seconds).rounded(toPlaces: 1) : nil
        guard phase != .walk, let filesTotal, filesTotal > 0 else {
            (remainingSeconds, percent) = (nil, nil)
            return
        }
        percent = (min(1, Double(filesDone) / Double(filesTotal)) * 100).rounded(toPlaces: 1)
        let left = remaining((filesTotal, max(bytesTotal ?? bytesDone, bytesDone)))
        remainingSeconds = left.map { ($0 / .seconds(1)).rounded(toPlaces: 1) }
    }

    private enum CodingKeys: String, CodingKey {
        case phase
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

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> Double {
        var factor = 1.0
        for _ in 0..<places { factor *= 10 }
        return (self * factor).rounded() / factor
    }
}
