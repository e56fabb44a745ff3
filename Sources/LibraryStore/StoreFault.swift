// SPDX-License-Identifier: MIT
package import LibraryModel
package import SystemPackage

/// Why the database cannot be used, or a request to it not be met.
package enum StoreFault: Fault, Equatable {
    /// Written by a later stumpd; nothing was touched.
    case newerVersion(FilePath)
    case damaged(FilePath, reason: String)
    case notWritable(FilePath, reason: String)
    /// Into a directory of backups; the database is as it was.
    case cannotBackUp(FilePath, reason: String)
    case unknownLibrary(String)

    /// The library is not in the configuration any more.
    case retiredLibrary(LibraryName)

    /// The library is in the configuration, and so cannot be forgotten.
    case configuredLibrary(LibraryName)
    case unknownJob(Int64)
    /// The job's state does not allow what was asked.
    case wrongState(Int64, JobState)

    /// The job runs, and somebody has cancelled it.
    case cancelRequested(Int64)

    /// What was asked has to wait for a scan of the library.
    case scanOpen(LibraryName, job: Int64, state: JobState)

    package var code: String {
        switch self {
        case .newerVersion: "database_newer"
        case .damaged: "database_damaged"
        case .notWritable: "not_writable"
        case .cannotBackUp: "backup_failed"
        case .unknownLibrary, .unknownJob: "not_found"
        case .wrongState, .cancelRequested, .scanOpen, .retiredLibrary, .configuredLibrary: "wrong_state"
        }
    }

    package var summary: String {
        switch self {
        case .newerVersion(let path): "the database \(path) was written by a newer version of stumpd"
        case .damaged(let path, let reason): "the database \(path) is damaged: \(reason)"
        case .notWritable(let path, let reason): "the database \(path) cannot be written: \(reason)"
        case .cannotBackUp(let directory, let reason): "the database cannot be copied into \(directory): \(reason)"
        case .unknownLibrary(let name): "there is no library \(name)"
        case .retiredLibrary(let library): "the library \(library) is not in the configuration any more"
        case .configuredLibrary(let library): "the library \(library) is in the configuration, so it is not forgotten"
        case .unknownJob(let id): "there is no job \(id)"
        case .wrongState(let id, let state): "job \(id) is \(state.rawValue)"
        case .cancelRequested(let id): "job \(id) is running, and is cancelled at its next book"
        case .scanOpen(let library, let id, let state):
            "a scan of \(library) has not ended: job \(id) is \(state.rawValue)"
        }
    }

    package var remedy: String? {
        switch self {
        case .newerVersion(let path):
            "Install the newer version again, or stop stumpd and put a copy from \(path.removingLastComponent())/backups in its place."
        case .damaged(let path, _):
            "Stop stumpd and put a copy from \(path.removingLastComponent())/backups in its place, or move \(path) away: the libraries are then indexed anew."
        case .notWritable(let path, _): "Give stumpd's user write access to \(path.removingLastComponent())."
        case .cannotBackUp(let directory, _):
            "Free space on the disk of \(directory), and give stumpd's user write access to it."
        case .unknownLibrary: "`stumpctl libraries` lists them; the configuration defines them."
        case .retiredLibrary(let library):
            "Write it into the configuration again under this name, or forget it: `stumpctl libraries purge \(library)`."
        case .configuredLibrary: "Take it out of the configuration and type `stumpctl reload` first."
        case .unknownJob: "`stumpctl jobs` lists them."
        case .wrongState(let id, _), .cancelRequested(let id): "`stumpctl jobs show \(id)` tells what became of it."
        case .scanOpen(_, let id, _): "`stumpctl jobs show \(id)` tells how far it is; ask again when it has ended."
        }
    }
}
