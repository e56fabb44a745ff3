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

        /// Write all that a RAR, 7z or tar holds into a ZIP. Descriptors: the book, open for reading; an empty file,
        /// open for reading and writing.
        ///
        /// `room` is how many bytes may be written; what that is not enough for is refused before the first is. What
        /// was written counts for nothing before a ``comparison``.
        case conversion(room: Int64)

        /// Prove that a ZIP holds all that a RAR, 7z or tar holds. Descriptors: the original, open for reading; the
        /// ZIP, open for reading.
        ///
        /// A pass of its own, which believes nothing of what the conversion said: another worker may do it.
        case comparison

        /// Whether the answer takes every byte of the file, and so the longer the larger the file.
        package var readsWholeFile: Bool {
            switch self {
            case .facts(_, _, let hashes): hashes.contains(.file)
            case .thumbnail, .sidecar: false
            case .pages, .conversion, .comparison: true
            }
        }

        /// Whether the second descriptor is written to: before the same is asked of another worker, that file has to
        /// be emptied.
        package var writesFile: Bool {
            switch self {
            case .thumbnail, .conversion: true
            case .facts, .pages, .sidecar, .comparison: false
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
        case .thumbnail, .conversion, .comparison: 2
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

        /// The ZIP is written whole, and not yet known to be right.
        case converted(ConversionFigures)

        /// The ZIP holds all that the original does.
        case compared(ConversionFigures)

        /// The book cannot be converted, or the ZIP is not what it should be, and why: the class of the book's own
        /// fault, or `conversion_failed`. The same book meets the same end, but where it or the ZIP is `unreadable`.
        case notConverted([Finding])

        /// There is no room for the ZIP, or its file could not be written: of the class `conversion_failed`, and the
        /// book is not to blame. Another time the same may succeed.
        case notWritten(Finding)

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
