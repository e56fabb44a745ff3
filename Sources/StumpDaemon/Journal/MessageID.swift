// SPDX-License-Identifier: MIT

/// Names an event that an administrator may want to match, over every change of its words.
///
/// Follows from a line's `event`; then `journalctl MESSAGE_ID=a83c67f6aaaf4c8784373b69dad61d2f` finds every failed job.
/// The values are promises.
package enum MessageID: String, CaseIterable, Sendable, CustomStringConvertible {
    case daemonStarted = "c674aac48f6447209ec13efc60cdaa03"
    case daemonStopping = "7db7c5e8b98c42c982fd8fad9ec4dc8c"

    /// A part of the daemon does not answer, and starves the watchdog.
    case daemonStuck = "545d87a61a32486a8d242071f8879600"
    case configReloaded = "7f95060f54a842eb96ca9e707598a10c"
    case configRefused = "40a560d68f934051add6dcdb601daf08"

    /// No job runs, because nothing can be written.
    case queueStalled = "7803b6e5f3eb4ebe84a6a404de22aa56"

    /// Books were to be converted in a library that cannot be written.
    case libraryReadOnly = "4acabc4970fa446395a2d3af3ea9893f"
    case libraryOnline = "b84b5d01e59a42c28199bec530b4d665"
    case libraryOffline = "3ed1ac1af9284e05a84a3da198fdd2db"
    case watchOverflow = "615f674474a44be29ce2af3444c0f7dc"
    case watchLimit = "ebd50963b0b8430285da03de656a685b"
    case jobStarted = "7fc9ebed99ce4466a90a9f1f62a9330b"
    case jobCompleted = "a0c9ab4897d342ccbe12d5176a103d65"
    case jobCompletedWithProblems = "fbe4ac3c05dd4ad2852dcecfa364bcbf"
    case jobFailed = "a83c67f6aaaf4c8784373b69dad61d2f"
    case jobCancelled = "2cde876e7c424ae3ad51865e3cd23a4f"

    /// A job that the last daemon left running is taken up again.
    case jobRescued = "53fc65ff7a474201a01022e0a3cc4045"
    case problemFound = "4b266060e9cc4aebb61016ae4d85499e"
    case workerCrashed = "be7ddd8af1704fa18a8899f67c620a7d"

    package var description: String { rawValue }

    /// The identifier of an event of that name; `nil` for one that nobody needs to match.
    package init?(event: String, hasProblems: Bool = false) {
        switch event {
        case "daemon.ready": self = .daemonStarted
        case "daemon.stopping": self = .daemonStopping
        case "daemon.stuck": self = .daemonStuck
        case "config.reloaded": self = .configReloaded
        case "config.refused": self = .configRefused
        case "queue.stalled": self = .queueStalled
        case "library.read_only": self = .libraryReadOnly
        case "library.online": self = .libraryOnline
        case "library.offline": self = .libraryOffline
        case "watch.overflow": self = .watchOverflow
        case "watch.limited": self = .watchLimit
        case "job.started": self = .jobStarted
        case "job.completed": self = hasProblems ? .jobCompletedWithProblems : .jobCompleted
        case "job.failed": self = .jobFailed
        case "job.cancelled": self = .jobCancelled
        case "job.rescued": self = .jobRescued
        case "problem.opened": self = .problemFound
        case "worker.crashed": self = .workerCrashed
        default: return nil
        }
    }
}
