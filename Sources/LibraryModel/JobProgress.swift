// SPDX-License-Identifier: MIT

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
