// SPDX-License-Identifier: MIT

/// The classes of trouble that a person may have to look at; the raw value is the API's word.
package enum ProblemClass: String, Sendable, Codable, CaseIterable {
    case missing
    case unreadable
    case permission
    case archiveCorrupt = "archive_corrupt"
    case archiveTruncated = "archive_truncated"
    case archiveEncrypted = "archive_encrypted"
    case archiveMultivolume = "archive_multivolume"
    case archiveEmpty = "archive_empty"
    case unsupportedFormat = "unsupported_format"
    case imageCorrupt = "image_corrupt"
    case metadataInvalid = "metadata_invalid"
    case duplicate
    case tooLarge = "too_large"
    case bomb
    case workerCrash = "worker_crash"
    case workerTimeout = "worker_timeout"
    case conversionFailed = "conversion_failed"
    case rootOffline = "root_offline"
    case watchLimit = "watch_limit"

    package enum Severity: String, Sendable, Codable {
        case error
        case warning
    }

    /// A warning leaves the book usable.
    package var severity: Severity {
        switch self {
        case .imageCorrupt, .metadataInvalid, .duplicate, .watchLimit: .warning
        default: .error
        }
    }

    /// What a person can do about it.
    package var hint: String {
        switch self {
        case .missing: "Bring the file back, or leave it: its history is kept."
        case .unreadable: "Look for disk errors in the kernel's log: `journalctl -k`."
        case .permission: "Give stumpd's user read access to the file and the directories above it."
        case .archiveCorrupt, .archiveTruncated: "Fetch or copy the file again; it is tried again when it changes."
        case .archiveEncrypted: "Store the book without a password."
        case .archiveMultivolume: "Join the volumes into one archive."
        case .archiveEmpty: "Replace the file; it holds no pages."
        case .unsupportedFormat: "Convert the book to cbz or epub."
        case .imageCorrupt: "Replace the damaged page; the other pages are used."
        case .metadataInvalid: "Correct the metadata with your tagger; the readable fields are used."
        case .duplicate: "Keep one of the copies."
        case .tooLarge, .bomb: "Check where the file came from; it is not opened again until it changes."
        case .workerCrash, .workerTimeout: "Please report the file; it is tried again when it changes."
        case .conversionFailed: "The original is untouched; see the job's log."
        case .rootOffline: "Mount the disk, or correct `root` in the configuration."
        case .watchLimit: "Raise the limit: `sysctl -w fs.inotify.max_user_watches=524288`."
        }
    }
}

/// One thing that is wrong with a book.
package struct Finding: Error, Equatable, Sendable {
    package var problem: ProblemClass

    /// The reason in words, without the file's name; the caller adds it.
    package var detail: String

    package init(_ problem: ProblemClass, _ detail: String) {
        self.problem = problem
        self.detail = detail
    }
}

/// Tells contents apart: the first 16 bytes of a SHA-256 over what makes a book this book.
///
/// For a ZIP, RAR or 7z the names, sizes and checksums of its entries but for `ComicInfo.xml`, so that re-tagging or
/// packing it anew keeps it; for a tar, which has no checksums, names and sizes, and for that as for other files the
/// size and the first and last 64 KiB.
package struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 16

    package let bytes: [UInt8]

    /// Takes exactly ``byteCount`` bytes; `nil` for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Fingerprint.byteCount else { return nil }
        self.bytes = bytes
    }

    /// 32 lower-case hexadecimal digits.
    package var description: String {
        String(decoding: bytes.flatMap { [Fingerprint.digit($0 >> 4), Fingerprint.digit($0 & 15)] }, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// What a worker learned from the bytes of one book.
package struct BookFacts: Equatable, Sendable {
    package static let hashLength = 32
    package static let koreaderHashLength = 16

    /// What the first bytes say the file is; `nil` where it is no book at all.
    package var format: MediaFormat?
    package var pages = 0
    package var fingerprint: Fingerprint?
    package var metadata = BookMetadata()

    /// The SHA-256 of the whole file, ``hashLength`` bytes; `nil` where none was wanted or the file has no end yet.
    package var hash: [UInt8]?

    /// By what KOReader knows the file, ``koreaderHashLength`` bytes; `nil` as ``hash`` is.
    package var koreaderHash: [UInt8]?

    /// Everything wrong, the worst first.
    package var findings: [Finding] = []

    /// Whether the container's end was where its format says; a file without is still being written, or damaged.
    package var endIsPresent = true

    package init() {}

    /// What becomes of the book with these facts.
    package var state: BookState {
        guard let worst = findings.first(where: { $0.problem.severity == .error }) else { return .ready }
        return worst.problem == .unsupportedFormat ? .unsupported : .error
    }
}

/// The states of a book in the catalog.
package enum BookState: String, Sendable, Codable, CaseIterable {
    case ready
    case missing
    case error
    case unsupported
    case ignored
}
