// SPDX-License-Identifier: MIT
package import LibraryModel

/// How watching is going, for status and tests.
package struct WatchFigures: Sendable, Equatable {
    package struct Library: Sendable, Equatable {
        /// Directories whose changes are noticed by themselves.
        package var watched = 0

        /// Directories that the kernel had no watch for.
        package var unwatched = 0
    }

    /// The libraries that are watched at all.
    package var libraries: [LibraryName: Library]

    /// Watches of all libraries together.
    package var watches: Int

    /// The kernel's `fs.inotify.max_user_watches`, for all programs of one user; `nil` where it does not tell.
    package var limit: Int?

    /// How often the kernel dropped events, each of which had every library marked for listing anew.
    package var overflows: Int
    package var events: Int

    /// How often the reader was woken; it does not grow while nothing happens.
    package var wakeUps: Int
}
