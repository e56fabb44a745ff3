// SPDX-License-Identifier: MIT

/// A worker's first packet: which of its walls stand.
///
/// Either may be missing where the kernel lacks it; everything else of the sandbox holds, or the worker ends at once.
package struct WorkerHello: Equatable, Sendable {
    package var landlock: Bool
    package var seccomp: Bool

    package init(landlock: Bool, seccomp: Bool) {
        self.landlock = landlock
        self.seccomp = seccomp
    }
}

/// One thing asked of a worker; the descriptors travel beside it.
package struct WorkRequest: Equatable, Sendable {
    package enum Task: Equatable, Sendable {
        /// Tell what the book is. Descriptors: the book, open for reading.
        ///
        /// `checksParts` asks for a proof that every entry's own header is there, not only the end: of a young file
        /// the middle may still be coming. `hashes` are those wanted beside the facts.
        case facts(readsMetadata: Bool, checksParts: Bool, hashes: HashWishes = [])

        /// Make a thumbnail. Descriptors: the book, open for reading; an empty file, open for writing.
        case thumbnail(ThumbnailSettings)

        /// Unpack every entry and decode every page, to see whether all of the book is still good. Descriptors: the
        /// book, open for reading.
        case pages

        /// Tell what a file beside books says. Descriptors: that file, open for reading.
        case sidecar(Sidecar.Kind)

        /// Whether the answer takes every byte of the file, and so the longer the larger the file.
        package var readsWholeFile: Bool {
            switch self {
            case .facts(_, _, let hashes): hashes.contains(.file)
            case .thumbnail, .sidecar: false
            case .pages: true
            }
        }
    }

    /// Chosen by the daemon; the report bears it again.
    package var id: UInt32
    package var task: Task

    /// The format that the file's name promises; what the bytes say wins.
    package var promised: MediaFormat

    package init(id: UInt32, task: Task, promised: MediaFormat) {
        self.id = id
        self.task = task
        self.promised = promised
    }

    /// How many descriptors belong to this request.
    package var descriptorCount: Int {
        switch task {
        case .facts, .pages, .sidecar: 1
        case .thumbnail: 2
        }
    }
}

/// A worker's answer to one request.
package struct WorkReport: Equatable, Sendable {
    package enum Outcome: Equatable, Sendable {
        case facts(BookFacts)

        /// The thumbnail is written whole. The findings name pages before it that did not decode.
        case thumbnail(width: Int, height: Int, findings: [Finding])

        /// No thumbnail can be made, and why.
        case noThumbnail([Finding])

        case pages(PageAnalysis)
        case sidecar(SidecarFacts)

        /// Nothing was read: the book is for a worker of another profile.
        case elsewhere(WorkerProfile)
    }

    package var id: UInt32
    package var outcome: Outcome

    package init(id: UInt32, outcome: Outcome) {
        self.id = id
        self.outcome = outcome
    }
}
