// SPDX-License-Identifier: MIT
import ControlAPI
import LibraryModel

extension Operation {
    /// Every request that the server answers.
    static let all: [Operation] = daemon + libraries + jobs + index + changes

    private static let daemon: [Operation] = [
        Operation(.openAPI, "describe", "This description.", [(200, "OpenAPI 3.1.", .media("application/json"))]),
        Operation(
            .health,
            "health",
            "Whether the daemon can do its work.",
            [
                (200, "It can.", .object(HealthReport.self)),
                (503, "It cannot, or not yet, or not any more.", .object(HealthReport.self)),
            ]
        ),
        Operation(.version, "version", "Which version runs.", [(200, "The version.", .object(VersionReport.self))]),
        Operation(
            .status,
            "status",
            "Health, libraries, running jobs, queue, workers, watching, problems, warnings.",
            [(200, "The status.", .object(DaemonStatus.self))]
        ),
        Operation(
            .config,
            "showConfiguration",
            "The configuration in force, whatever its file says by now.",
            [(200, "The configuration.", .object(ConfigurationSummary.self))]
        ),
        Operation(
            .reload,
            "reload",
            "Takes in the configuration's file as it is now; refused, it changes nothing.",
            [(200, "What is different.", .object(ReloadReport.self))]
        ),
        Operation(.metrics, "metrics", "Figures for Prometheus.", [(200, "Prometheus text.", .media("text/plain"))]),
        Operation(
            .stats,
            "stats",
            "What the index holds, in figures.",
            [(200, "Figures.", .object(IndexStatistics.self))]
        ),
        Operation(
            .events,
            "events",
            "What happens, as it happens, a JSON object a line; without end.",
            query: [
                .number("since", "Goes on behind this event."),
                .text("type", "Types such as `book.added`, or kinds such as `book`, with commas between."),
            ],
            [(200, "Events.", .media("application/x-ndjson"))]
        ),
    ]

    private static let libraries: [Operation] = [
        Operation(
            .libraries,
            "listLibraries",
            "The libraries of the configuration.",
            query: [
                .word("state", "Only in this state.", ["online", "suspect", "offline", "paused", "retired"])
            ] + Parameter.page,
            [(200, "A page.", .object(Page<LibrarySummary>.self))]
        ),
        Operation(.library, "showLibrary", "One library.", [(200, "The library.", .object(LibrarySummary.self))]),
        Operation(.scan, "scan", "Asks for a scan.", body: ScanRequest.self, job, refusals: [409]),
        Operation(
            .analyze,
            "analyze",
            "Asks for a check of every page.",
            body: AnalyzeRequest.self,
            job,
            refusals: [409]
        ),
        Operation(.pauseLibrary, "pauseLibrary", "Pauses all jobs of a library.", library),
        Operation(.resumeLibrary, "resumeLibrary", "Has a library's jobs go on.", library),
        Operation(
            .purgeLibrary,
            "purgeLibrary",
            "Forgets a library that is not in the configuration any more.",
            [(200, "What was forgotten.", .object(PurgedLibrary.self))],
            refusals: [409]
        ),
    ]

    private static let jobs: [Operation] = [
        Operation(
            .jobs,
            "listJobs",
            "Jobs, the newest first; `after` goes on to older ones.",
            query: [
                .word("state", "Only in this state.", JobState.self), .word("kind", "Only of this kind.", JobKind.self),
                .library,
            ] + Parameter.page,
            [(200, "A page.", .object(Page<JobSummary>.self))]
        ),
        Operation(
            .job,
            "showJob",
            "One job; waits for its end where asked to.",
            query: [.number("wait", "For so many seconds at most, and for no more than 300.")],
            [(200, "The job.", .object(JobSummary.self))]
        ),
        Operation(
            .jobLog,
            "showJobLog",
            "What a job wrote down.",
            query: Parameter.page,
            [(200, "A page.", .object(Page<JobLogLine>.self))]
        ),
        Operation(.cancelJob, "cancelJob", "Ends a job.", order, refusals: [409]),
        Operation(.pauseJob, "pauseJob", "Pauses a job.", order, refusals: [409]),
        Operation(.resumeJob, "resumeJob", "Has a paused job go on.", order, refusals: [409]),
        Operation(.retryJob, "retryJob", "Asks for the same again.", job, refusals: [409]),
        Operation(
            .pruneJobs,
            "pruneJobs",
            "Forgets old jobs that have ended.",
            body: PruneRequest.self,
            [(200, "How many were forgotten.", .object(PruneReport.self))]
        ),
        Operation(
            .pauseQueue,
            "pauseQueue",
            "Starts no job any more.",
            [(200, "The queue.", .object(QueueSummary.self))]
        ),
        Operation(.resumeQueue, "resumeQueue", "Starts jobs again.", [(200, "The queue.", .object(QueueSummary.self))]),
    ]

    private static let index: [Operation] = [
        Operation(
            .series,
            "listSeries",
            "Series.",
            query: [.library, .word("state", "Only in this state.", ["ready", "missing"])] + Parameter.page,
            [(200, "A page.", .object(Page<SeriesSummary>.self))]
        ),
        Operation(.oneSeries, "showSeries", "One series.", [(200, "The series.", .object(SeriesSummary.self))]),
        Operation(
            .books,
            "listBooks",
            "Books.",
            query: [
                .library, .number("series", "Only of this series."),
                .word("state", "Only in this state.", BookState.self),
                .word("format", "Only of this format.", MediaFormat.self),
                .text("path", "Only here or below: absolute, or relative to the root of the library that is named."),
            ] + Parameter.page,
            [(200, "A page.", .object(Page<BookSummary>.self))]
        ),
        Operation(.book, "showBook", "One book.", [(200, "The book.", .object(BookSummary.self))]),
        Operation(
            .thumbnail,
            "showThumbnail",
            "A book's thumbnail.",
            [(200, "The picture.", .media("image/webp")), (304, "It is the one that `If-None-Match` names.", nil)]
        ),
        Operation(
            .search,
            "search",
            "Finds books and series by words, the best first; `after` is how many hits were given already.",
            query: [.text("q", "The words.", isRequired: true, longest: SearchRoute.longestQuery), .library]
                + Parameter.page,
            [(200, "A page.", .object(Page<SearchHit>.self))]
        ),
        Operation(
            .problems,
            "listProblems",
            "What is wrong with files and books.",
            query: [.library, .word("class", "Only of this class.", ProblemClass.self)] + Parameter.page,
            [(200, "A page.", .object(Page<ProblemSummary>.self))]
        ),
        Operation(
            .duplicates,
            "listDuplicates",
            "Books with the same content, in groups.",
            query: Parameter.page,
            [(200, "A page.", .object(Page<DuplicateSummary>.self))]
        ),
        Operation(
            .originals,
            "listOriginals",
            "What converted books were before.",
            query: [.library] + Parameter.page,
            [(200, "A page.", .object(Page<OriginalSummary>.self))]
        ),
        Operation(
            .explain,
            "explain",
            "Why a path is in the index, or is not.",
            query: [.text("path", "An absolute path.", isRequired: true, pattern: "^/")],
            [(200, "The explanation.", .object(Explanation.self))]
        ),
    ]

    private static let changes: [Operation] = [
        Operation(
            .flush,
            "flush",
            "Answers when all that was on disk before is in the index.",
            body: FlushRequest.self,
            [(200, "Whether it is, and what is not.", .object(FlushReport.self))]
        ),
        Operation(.backup, "backup", "Asks for a copy of the database.", job),
        Operation(.convert, "convert", "Asks for the conversion of a book.", job, refusals: [409]),
        Operation(.unconvert, "unconvert", "Asks for a conversion to be undone.", job, refusals: [409]),
        Operation(
            .acceptMissing,
            "acceptMissing",
            "Applies losses that are held back.",
            body: AcceptMissingRequest.self,
            jobList,
            refusals: [404]
        ),
        Operation(
            .purgeMissing,
            "purgeMissing",
            "Forgets books that are missing for long.",
            body: PurgeMissingRequest.self,
            [(200, "What was forgotten, or would be.", .object(PurgeMissingReport.self))],
            refusals: [404, 409]
        ),
        Operation(
            .removeOriginals,
            "removeOriginals",
            "Removes what converted books were before.",
            body: RemoveOriginalsRequest.self,
            jobList,
            refusals: [404]
        ),
    ]

    private static let job: [(Int, String, Content?)] = [
        (202, "The new job.", .object(JobSummary.self)),
        (200, "The waiting job that the request joined.", .object(JobSummary.self)),
    ]

    private static let order: [(Int, String, Content?)] = [
        (202, "The job, which has still to obey.", .object(JobSummary.self)),
        (200, "The job.", .object(JobSummary.self)),
    ]

    private static let library: [(Int, String, Content?)] = [(200, "The library.", .object(LibrarySummary.self))]

    private static let jobList: [(Int, String, Content?)] = [
        (202, "The jobs.", .object(Page<JobSummary>.self)),
        (200, "There was nothing to do.", .object(Page<JobSummary>.self)),
    ]
}
