// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel

/// What an error of the database means for those who work with it; no other place judges SQLite's codes.
package enum StoreTrouble: Sendable, Equatable {
    /// The disk is full.
    case full

    /// The disk fails, or has become read-only.
    case notWritable
    case damaged

    /// Another process holds the database.
    case busy
    case other

    /// `nil` for an error that is not the database's.
    package init?(_ error: any Error) {
        guard let error = error as? DatabaseError else { return nil }
        switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_CANTOPEN: self = .notWritable
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
        default: self = .other
        }
    }
}

extension StoreFault {
    /// Whether an error, SQLite's or ours, says that the database's file is damaged: only a backup, or a new start, helps.
    package static func isDamage(_ error: any Error) -> Bool {
        if case StoreFault.damaged = error { return true }
        return StoreTrouble(error) == .damaged
    }
}
