// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel

/// The queue: every request becomes a row before it is acknowledged, and every change of state is told.
extension LibraryStore {
    /// Queues a job, or joins the request to the one that waits in the same lane of the same library.
    ///
    /// A job that has started never changes what it was asked; a request that comes in meanwhile waits as its
    /// follow-up. So a library has at most one running and one waiting scan.
    ///
    /// - Throws: ``StoreFault/unknownLibrary(_:)``, ``StoreFault/retiredLibrary(_:)``.
    package func request(_ request: JobRequest) async throws -> (job: Job, joined: Bool) {
        let instant = instant
        let answer = try await write { db in
            let (job, joined, event) = try db.enqueue(request, at: instant)
            return ((job, joined), [event])
        }
        queueSignal.raise()
        return answer
    }

    /// Asks for the same again as a job that failed or was cancelled; one that waits after an error is due at once.
    ///
    /// - Throws: ``StoreFault/wrongState(_:_:)`` in any other state, ``StoreFault/unknownJob(_:)``.
    package func retry(_ id: Int64) async throws -> (job: Job, joined: Bool) {
        let instant = instant
        let answer = try await write { db in
            let job = try db.job(id)
            if job.state == .failed || job.state == .cancelled {
                let (job, joined, event) = try db.enqueue(JobRequest(again: job), at: instant)
                return ((job, joined), [event])
            }
            guard job.state == .queued, job.notBefore != nil else { throw StoreFault.wrongState(id, job.state) }
            try db.execute(sql: "UPDATE job SET not_before = NULL, reason = NULL WHERE id = ?", arguments: [id])
            try db.log("info", "to be tried again at once", of: id, at: instant)
            let due = try db.job(id)
            return ((due, true), [try db.tell(.jobQueued, of: due, at: instant)])
        }
        queueSignal.raise()
        return answer
    }

    /// Queues the thumbnails that are due in a library, or joins the job that waits for them.
    ///
    /// A job that was interrupted or paused makes whatever is due when it goes on, so it is joined like one that was
    /// never started. One that runs already has them all in hand, unless the scan `hasNews`, which may lie behind it.
    package func requestThumbnails(
        of library: LibraryName,
        causedBy scan: Job?,
        hasNews: Bool = true
    ) async throws -> Int64 {
        let instant = instant
        let request = JobRequest.thumbnails(of: library, trigger: scan?.trigger ?? .start)
        let id = try await write { db in
            let waiting = try db.thumbnails(of: library, hasNews: hasNews)
            let id = try waiting ?? db.insert(request, at: instant)
            // Thumbnails that another scan has left to make are nothing to wait for.
            if let scan, hasNews {
                try db.execute(sql: "UPDATE job SET follow_up = ? WHERE id = ?", arguments: [id, scan.id])
            }
            return (id, waiting == nil ? [try db.tell(.jobQueued, of: try db.job(id), at: instant)] : [])
        }
        queueSignal.raise()
        return id
    }
}

extension Database {
    fileprivate func enqueue(
        _ request: LibraryStore.JobRequest,
        at instant: Timestamp
    ) throws -> (job: Job, joined: Bool, event: CatalogEvent) {
        let waiting = try waitingJob(for: request)
        let id = try waiting.map { try join(request, to: $0) } ?? insert(request, at: instant)
        let job = try job(id)
        return (job, waiting != nil, try tell(waiting == nil ? .jobQueued : .jobMerged, of: job, at: instant))
    }

    /// The job that a request joins; a dry run joins none.
    private func waitingJob(for request: LibraryStore.JobRequest) throws -> Int64? {
        if request.lane == .dryRun { return nil }
        let statement = try cachedStatement(
            sql: "SELECT id FROM job WHERE state = 'queued' AND is_open = 1 AND lane = ? AND library_id IS ?"
        )
        return try Int64.fetchOne(statement, arguments: [request.lane.rawValue, try libraryID(of: request)])
    }

    /// - Throws: ``StoreFault/unknownLibrary(_:)``, ``StoreFault/retiredLibrary(_:)``.
    private func libraryID(of request: LibraryStore.JobRequest) throws -> Int64? {
        try request.library.map { name in
            let statement = try cachedStatement(sql: "SELECT id, retired_at IS NOT NULL FROM library WHERE name = ?")
            guard let row = try Row.fetchOne(statement, arguments: [name.text]) else {
                throw StoreFault.unknownLibrary(name.text)
            }
            if row[1] { throw StoreFault.retiredLibrary(name) }
            return row[0]
        }
    }

    fileprivate func thumbnails(of library: LibraryName, hasNews: Bool) throws -> Int64? {
        let sql = """
            SELECT id FROM job WHERE \(Database.isOpen) AND (state != 'running' OR NOT ?) AND lane = 'thumbnails'
                AND library_id IS ? ORDER BY state = 'running', id LIMIT 1
            """
        return try Int64.fetchOne(self, sql: sql, arguments: [hasNews, try libraryID(library)])
    }

    private func join(_ request: LibraryStore.JobRequest, to id: Int64) throws -> Int64 {
        let waiting = try job(id)
        var scope = waiting.scope
        scope.formUnion(request.scope)
        var kind = waiting.kind
        var options = waiting.options.merged(with: request.options)
        // What somebody named and what may hold anything are together no longer what somebody named.
        if kind.isScan, kind != request.kind || scope.isWholeLibrary {
            kind = .libraryScan
            if [waiting.kind, request.kind].contains(.seriesScan) { options.triesAgain = true }
        }
        try execute(
            sql: """
                UPDATE job SET kind = ?, priority = min(priority, ?), options = ?, merged = merged + 1,
                    retry_of = coalesce(retry_of, ?)
                WHERE id = ?
                """,
            arguments: [
                kind.rawValue, request.priority.rawValue, try JSONText.encode(options), request.retryOf, id,
            ]
        )
        try keep(scope, of: id, before: waiting.scope)
        return id
    }

    fileprivate func insert(_ request: LibraryStore.JobRequest, at instant: Timestamp) throws -> Int64 {
        try execute(
            sql: """
                INSERT INTO job (kind, lane, library_id, state, "trigger", priority, options, created_at, is_open, retry_of)
                VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, 1, ?)
                """,
            arguments: [
                request.kind.rawValue, request.lane.rawValue, try libraryID(of: request), request.trigger.rawValue,
                request.priority.rawValue, try JSONText.encode(request.options), instant.nanoseconds, request.retryOf,
            ]
        )
        let id = lastInsertedRowID
        try keep(request.scope, of: id)
        return id
    }
}
