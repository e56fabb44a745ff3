// SPDX-License-Identifier: MIT

/// Whether the database is copied by itself.
package enum BackupPlan: String, CaseIterable, Sendable {
    /// When the last copy that was made by itself is 24 hours old.
    case daily

    /// Only when asked.
    case off
}
