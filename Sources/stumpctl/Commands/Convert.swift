// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Convert: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Convert books to .cbz, or bring their originals back.",
        discussion: """
            Works for .cbr, .rar, .cb7, .7z, .cbt and .tar, whatever the configuration says of conversion. The book keeps \
            its number. The result is compared with the original before anything is done with that; what is done with it \
            then, the configuration says, and without it the original is retained for 30 days.
            """
    )

    @Argument(
        help: "Books by number or path; of a folder, all books in it and below that can be converted.",
        completion: .file()
    )
    var books: [String]

    @Flag(help: "Bring the original back, exactly as it was, and remove what it was converted to.")
    var undo = false

    @OptionGroup var waiting: WaitOptions

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        var ids: [Int64] = []
        for book in books {
            if let id = Int64(book) { ids.append(id) } else { ids += try await self.books(at: book, session) }
        }
        let route = undo ? Route.unconvert : .convert
        var jobs: [JobSummary] = []
        var failures: [any Error] = []
        for id in ids {
            do {
                let job = try await session.client.get(JobSummary.self, ControlRequest(route, id))
                // Many wishes are one job.
                if !jobs.contains(where: { $0.id == job.id }) { jobs.append(job) }
            } catch {
                failures.append(error)
            }
        }
        if waiting.isWanted { failures += try await wait(for: &jobs, session) }
        if session.json {
            try session.show(jobs) { _ in [] }
        } else if !waiting.isWanted {
            try session.terminal.write(lines: jobs.map { JobText.standing($0, session.terminal.paint(.data)) })
        }
        try JobOrder.tell(failures, session)
    }

    /// Waits, and says of what was not done why.
    private func wait(for jobs: inout [JobSummary], _ session: Session) async throws -> [any Error] {
        var failures = await JobOrder.wait(for: &jobs, session)
        for job in jobs where (job.report?.failedMedia ?? 0) > 0 {
            let lines = try await session.client.all(JobLogLine.self, ControlRequest(.jobLog, job.id))
            for line in lines where line.level == "warning" { session.terminal.say(line.message) }
            failures.append(
                CommandFault(
                    code: "conversion_failed",
                    summary: "not everything is \(undo ? "as it was" : "converted"): job \(job.id) tells why",
                    remedy: "`stumpctl jobs log \(job.id)`",
                    status: .jobFailed
                )
            )
        }
        return failures
    }

    /// The books at a path that are what is wanted: those that can be converted, or those that were.
    private func books(at path: String, _ session: Session) async throws -> [Int64] {
        let known = try await session.client.all(LibrarySummary.self, ControlRequest(.libraries))
        let place = try LibraryPath.locate(path, from: ProcessEnvironment.workingDirectory, in: known)
        let query = ["library": place.library, "path": place.relative.isEmpty ? nil : place.relative]
        let books = try await session.client.all(BookSummary.self, ControlRequest(.books, query: query))
        let formats = undo ? ["cbz"] : ["cbr", "rar", "cb7", "7z", "cbt", "tar"]
        var found = books.filter { formats.contains($0.format) && ($0.state == "ready" || undo) }.map(\.id)
        if undo {
            let originals = try await session.client.all(
                OriginalSummary.self,
                ControlRequest(.originals, query: ["library": place.library])
            )
            // The path may be the original's as well as the book's.
            let named = originals.filter { $0.path == place.relative }.compactMap(\.bookID)
            let converted = Set(originals.compactMap(\.bookID))
            found = found.filter { converted.contains($0) } + named.filter { !found.contains($0) }
        }
        guard found.isEmpty else { return found }
        throw CommandFault(
            code: "not_found",
            summary: "cannot find a book at \(place.absolute) that \(undo ? "was" : "can be") converted",
            remedy: undo
                ? "`stumpctl originals` lists what can be undone" : "`stumpctl explain \(place.absolute)` tells why",
            status: .notFound
        )
    }
}
