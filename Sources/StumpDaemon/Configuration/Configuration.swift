// SPDX-License-Identifier: MIT
package import LibraryModel
package import Logging

/// What a person decides about the daemon; without a file and without arguments, the defaults and no library.
package struct Configuration: Equatable, Sendable {
    /// The most workers that can be asked for.
    static let mostWorkers = 256

    /// How many workers read books at once, 0…256; 0 is one a core.
    package var workers = 0
    package var logLevel = Logger.Level.info

    /// How long finished jobs, their logs and events are kept.
    package var history = HistoryRule.usualAge
    package var backup = BackupPlan.daily

    /// How long a book is missing before it is forgotten; `nil` for never.
    package var purgeMissing: Duration?

    /// The silence that ends a burst of changes.
    package var quiet = Duration.seconds(2)

    /// The longest wait while a directory stays busy; never shorter than ``quiet``.
    package var patience = Duration.seconds(30)

    /// The least time between two looks at what is polled.
    package var pollInterval = Duration.seconds(300)

    /// In the order of the file, those of the command line last; no two of one name, no root inside another.
    package var libraries: [LibrarySettings] = []

    package init() {}
}
