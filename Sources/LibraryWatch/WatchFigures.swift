// SPDX-License-Identifier: MIT
package import LibraryModel

/// How watching is going, for status and tests.
package struct WatchFigures: Sendable, Equatable {
    /// How a library's changes are noticed.
    package enum Mode: String, Sendable {
        /// By the kernel's events alone.
        case events

        /// By events, and by polling where they are not enough.
        case mixed
        case poll
    }

    package struct Library: Sendable, Equatable {
        package var mode = Mode.events

        /// Directories that the kernel watches.
        package var watched = 0

        /// Directories that the kernel had no watch for.
        package var refused = 0

        /// Directories that may not be read.
        package var denied = 0

        /// Directories that are looked at from time to time, at the last count; some are watched as well.
        package var polled = 0

        /// Why directories are polled, for people; `nil` where none are.
        package var reason: String?
    }

    /// The libraries that are watched at all.
    package var libraries: [LibraryName: Library]

    /// Watches of all libraries together.
    package var watches: Int

    /// The kernel's limit on watches, for all programs of one user; `nil` where it does not tell.
    package var limit: Int?

    /// How often the kernel dropped events, each of which has every library verified.
    package var overflows: Int
    package var events: Int

    /// How often the reader was woken; it does not grow while nothing happens.
    package var wakeUps: Int

    /// Whether the kernel gave a queue for events at all.
    package var hasQueue: Bool
}

extension WatchFigures.Library {
    init(
        _ count: WatchTable.Count,
        _ configured: LibrarySettings.Watch,
        _ need: (reason: String, directories: Int)?
    ) {
        watched = count.watched
        refused = count.refused
        denied = count.denied
        // Where the limit is the reason, what is polled for it is what has no watch.
        polled = count.refused > 0 && configured != .poll ? count.refused : need?.directories ?? 0
        reason = need?.reason
        mode = configured == .poll || count.watched == 0 && count.refused > 0 ? .poll : need == nil ? .events : .mixed
    }
}
