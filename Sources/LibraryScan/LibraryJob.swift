// SPDX-License-Identifier: MIT
import LibraryModel
import Logging

/// A job that is one library's, as all but the care of the database are.
@dynamicMemberLookup
struct LibraryJob: Sendable {
    var job: Job
    let library: LibraryName

    /// `nil` for a job of no library.
    init?(_ job: Job) {
        guard let library = job.library else { return nil }
        self.job = job
        self.library = library
    }

    subscript<Value>(dynamicMember member: KeyPath<Job, Value>) -> Value { job[keyPath: member] }

    subscript<Value>(dynamicMember member: WritableKeyPath<Job, Value>) -> Value {
        get { job[keyPath: member] }
        set { job[keyPath: member] = newValue }
    }
}

extension Job {
    /// Whether books are tried again that could not be read, as who names a path has them.
    var triesAgain: Bool { kind == .seriesScan || options.triesAgain }

    /// The fields that every log line of a job bears.
    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = ["job.id": "\(id)", "job.kind": "\(kind.rawValue)"]
        if let library { metadata["library"] = "\(library)" }
        return metadata
    }
}
