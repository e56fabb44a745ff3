// SPDX-License-Identifier: MIT
package import LibraryModel

/// Why a job failed that was not the fault of one book.
package enum JobFault: Fault, Equatable {
    case retired(LibraryName)

    /// Why the library's disk is out of reach, or not the one that its books are on.
    case offline(String)
    case unforeseen(Int64, String)

    /// What a check of the whole database found.
    case databaseDamaged([String])

    static let offlineCode = "root_offline"

    package var code: String {
        switch self {
        case .retired: "library_retired"
        case .offline: JobFault.offlineCode
        case .unforeseen: "job_failed"
        case .databaseDamaged: "database_damaged"
        }
    }

    package var summary: String {
        switch self {
        case .retired(let library): "the library \(library) is not in the configuration any more"
        case .offline(let reason): reason
        case .databaseDamaged(let findings):
            "the database is damaged: \(findings.prefix(3).joined(separator: "; "))"
        case .unforeseen(let job, let reason): "job \(job) could not go on: \(reason)"
        }
    }

    package var remedy: String? {
        switch self {
        case .retired: "Add the library to the configuration again, under the same name."
        case .offline:
            "Mount the disk, or correct `root` in the configuration; if this is how it should be, run"
                + " `stumpctl scan --accept-losses`."
        case .databaseDamaged: "Stop stumpd and put the last backup in place: `stumpd --restore BACKUP`."
        case .unforeseen: "See the journal: `journalctl -u stumpd`."
        }
    }
}
