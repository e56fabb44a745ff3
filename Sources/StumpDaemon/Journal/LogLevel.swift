// SPDX-License-Identifier: MIT
package import Logging
internal import Synchronization

/// The least level that is told, of all loggers that have none of their own; it may change at any time.
package final class LogLevel: Sendable {
    private let level: Mutex<Logger.Level>

    package init(_ level: Logger.Level) {
        self.level = Mutex(level)
    }

    package var current: Logger.Level { level.withLock { $0 } }

    package func set(_ level: Logger.Level) {
        self.level.withLock { $0 = level }
    }
}
