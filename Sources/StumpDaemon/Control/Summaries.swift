// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import LibraryModel
import LibraryStore
import SystemPackage

/// The one way from the model to the wire: the API's objects are made of the catalog's here, and never the reverse.
extension JobSummary {
    /// `progress` is the running job's own, fresher than the row's.
    init(_ job: Job, progress: JobProgress? = nil, highlights: JobHighlights? = nil, now: Timestamp) {
        let elapsed = job.ran + (job.runningSince.map { max(.zero, now - $0) } ?? .zero)
        self.init(
            id: job.id,
            kind: job.kind.rawValue,
            state: job.state.rawValue,
            library: job.library?.text,
            trigger: job.trigger.rawValue,
            priority: job.priority.rawValue,
            paths: job.scope.paths.map(\.string),
            options: JobOptions(job.options),
            createdAt: job.createdAt.rfc3339,
            startedAt: job.startedAt?.rfc3339,
            finishedAt: job.finishedAt?.rfc3339,
            elapsedSeconds: job.startedAt.map { _ in elapsed / .seconds(1) },
            attempt: job.attempt,
            merged: job.merged,
            progress: (progress ?? job.progress).map(ProgressSummary.init),
            report: job.report.map(ScanReportSummary.init),
            error: job.errorCode.map { JobError(code: $0, detail: job.errorDetail ?? "") },
            followUp: job.followUp,
            notBefore: job.notBefore?.rfc3339,
            retryOf: job.retryOf,
            heldBy: job.heldBy?.rawValue,
            reason: job.reason,
            highlights: highlights
        )
    }
}

extension JobOptions {
    init(_ options: ScanOptions) {
        self.init(
            force: options.force,
            acceptLosses: options.acceptLosses,
            metadata: options.metadata,
            hashes: options.hashes,
            thumbnails: options.thumbnails,
            mode: options.mode?.rawValue,
            dryRun: options.dryRun
        )
    }
}

extension ProgressSummary {
    init(_ progress: JobProgress) {
        self.init(
            phase: progress.phase.rawValue,
            directoriesDone: progress.directoriesDone,
            directoriesTotal: progress.directoriesTotal,
            filesDone: progress.filesDone,
            filesTotal: progress.filesTotal,
            bytesDone: progress.bytesDone,
            bytesTotal: progress.bytesTotal,
            current: progress.current,
            filesPerSecond: progress.filesPerSecond,
            remainingSeconds: progress.remainingSeconds,
            percent: progress.percent
        )
    }
}

extension ScanReportSummary {
    init(_ report: ScanReport) {
        self.init()
        totalFiles = report[.totalFiles]
        totalDirectories = report[.totalDirectories]
        ignoredFiles = report[.ignoredFiles]
        ignoredDirectories = report[.ignoredDirectories]
        skippedFiles = report[.skippedFiles]
        createdMedia = report[.createdMedia]
        updatedMedia = report[.updatedMedia]
        createdSeries = report[.createdSeries]
        updatedSeries = report[.updatedSeries]
        movedMedia = report[.movedMedia]
        missingMedia = report[.missingMedia]
        restoredMedia = report[.restoredMedia]
        convertedMedia = report[.convertedMedia]
        failedMedia = report[.failedMedia]
        heldLosses = report[.heldLosses]
        createdThumbnails = report[.createdThumbnails]
        readBytes = Int64(report[.readBytes])
    }
}

extension SeriesSummary {
    init(_ series: SeriesEntry) {
        self.init(
            id: series.id,
            library: series.library.text,
            name: series.name,
            path: series.path.string,
            state: series.isMissing ? "missing" : "ready",
            books: series.books,
            missing: series.missing,
            missingSince: series.missingSince?.rfc3339,
            metadata: series.metadata.isEmpty ? nil : MetadataSummary(series.metadata)
        )
    }
}

extension DuplicateSummary {
    init?(_ group: DuplicateEntry) {
        guard let first = group.books.first else { return nil }
        self.init(
            id: first.id,
            match: group.areFilesEqual ? "hash" : "fingerprint",
            fingerprint: group.fingerprint.description,
            books: group.books.map(BookSummary.init)
        )
    }
}

extension BookSummary {
    init(_ book: BookEntry) {
        let bytes = book.path.bytes
        self.init(
            id: book.id,
            library: book.library.text,
            seriesID: book.seriesID,
            series: book.series,
            name: book.path.names.last?.text ?? "",
            path: book.path.string,
            pathBytes: String(validating: bytes, as: UTF8.self) == nil ? Data(bytes).base64EncodedString() : nil,
            format: book.format.rawValue,
            sizeBytes: book.size,
            modifiedAt: book.modified.rfc3339,
            pages: book.pages > 0 ? book.pages : nil,
            state: book.state.rawValue,
            missingSince: book.missingSince?.rfc3339,
            fingerprint: book.fingerprint?.description,
            hash: book.hash?.hexadecimal,
            koreaderHash: book.koreaderHash?.hexadecimal,
            thumbnail: book.thumbnail.map { _ in Route.thumbnail.path(book.id) },
            addedAt: book.addedAt.rfc3339,
            updatedAt: book.updatedAt.rfc3339,
            metadata: MetadataSummary(book.metadata),
            analysis: book.analysis.map(AnalysisSummary.init)
        )
    }
}

extension AnalysisSummary {
    fileprivate init(_ analysis: AnalysisEntry) {
        self.init(
            at: analysis.at.rfc3339,
            pages: analysis.pages,
            decoded: analysis.decoded,
            skipped: analysis.skipped,
            damaged: analysis.damaged,
            typicalWidth: analysis.typical?.width,
            typicalHeight: analysis.typical?.height
        )
    }
}

extension [UInt8] {
    fileprivate var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension MetadataSummary {
    init(_ metadata: BookMetadata) {
        self.init()
        title = metadata.text(.title)
        sortTitle = metadata.text(.sortTitle)
        series = metadata.text(.series)
        number = metadata.text(.number)
        numberSort = metadata.numberForSorting
        count = metadata.integer(.count)
        volume = metadata.integer(.volume)
        summary = metadata.text(.summary)
        notes = metadata.text(.notes)
        year = metadata.integer(.year)
        month = metadata.integer(.month)
        day = metadata.integer(.day)
        writers = metadata.list(.writers)
        pencillers = metadata.list(.pencillers)
        inkers = metadata.list(.inkers)
        colorists = metadata.list(.colorists)
        letterers = metadata.list(.letterers)
        coverArtists = metadata.list(.coverArtists)
        editors = metadata.list(.editors)
        translators = metadata.list(.translators)
        publisher = metadata.text(.publisher)
        imprint = metadata.text(.imprint)
        genres = metadata.list(.genres)
        tags = metadata.list(.tags)
        characters = metadata.list(.characters)
        teams = metadata.list(.teams)
        locations = metadata.list(.locations)
        storyArcs = metadata.list(.storyArcs)
        language = metadata.text(.language)
        ageRating = metadata.text(.ageRating)
        manga = metadata.text(.manga)
        format = metadata.text(.format)
        isbn = metadata.text(.isbn)
        identifiers = metadata.list(.identifiers)
        links = metadata.list(.links)
        communityRating = metadata.decimal(.communityRating)
        pageCount = metadata.integer(.pageCount)
        sources = Dictionary(
            uniqueKeysWithValues: metadata.facts.map { ($0.key.rawValue, $0.value.source.rawValue) }
        )
    }
}

extension ProblemSummary {
    init(_ problem: ProblemEntry) {
        self.init(
            id: problem.id,
            problemClass: problem.problem.rawValue,
            severity: problem.problem.severity.rawValue,
            library: problem.library.text,
            path: problem.path.string,
            bookID: problem.book,
            detail: problem.detail,
            hint: problem.problem.hint,
            firstSeen: problem.firstSeen.rfc3339,
            lastSeen: problem.lastSeen.rfc3339,
            occurrences: problem.occurrences,
            job: problem.job
        )
    }
}

extension JobLogLine {
    init(_ entry: LibraryStore.JobLogEntry) {
        self.init(at: entry.at.rfc3339, level: entry.level, message: entry.message, path: entry.path?.string)
    }
}
