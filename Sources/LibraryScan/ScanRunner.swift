// SPDX-License-Identifier: MIT
package import LibraryModel
import LibraryStore
import Logging
import ServiceLifecycle

/// Takes jobs from the queue and has them done: two scans and one thumbnail job at a time.
///
/// A new book is never kept waiting by the thumbnails of a thousand others.
package struct ScanRunner: Service {
    private let libraries: [LibraryName: LibrarySettings]
    private let services: ScanServices

    package init(_ libraries: [LibrarySettings], _ services: ScanServices) {
        self.libraries = Dictionary(uniqueKeysWithValues: libraries.map { ($0.name, $0) })
        self.services = services
    }

    /// Serves until the daemon stops; then running jobs are stopped where they are, and go on at the next start.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let scans: [JobKind] = [.libraryScan, .seriesScan]
                for kinds in [scans, scans, [.thumbnailGeneration]] {
                    let signal = services.store.queueSignal.raised().cancelOnGracefulShutdown()
                    group.addTask {
                        try await serve(kinds)
                        for await _ in signal { try await serve(kinds) }
                    }
                }
                try await group.waitForAll()
            }
        } onGracefulShutdown: {
            for control in services.running.all { control.stop(.daemon) }
        }
    }

    /// Runs what is queued until nothing of these kinds is left.
    private func serve(_ kinds: [JobKind]) async throws {
        while !Task.isShuttingDownGracefully, let job = try await services.store.claim(kinds) {
            try await perform(job)
        }
    }

    private func perform(_ job: Job) async throws {
        let control = JobControl(job, phase: job.kind.isScan ? .walk : .thumbnail, at: services.clock.now)
        services.running.add(control)
        defer { services.running.remove(job.id) }
        if Task.isShuttingDownGracefully { control.stop(.daemon) }
        // Between claim and here nobody could be told that it is cancelled.
        if try await services.store.isCancelRequested(job.id) { control.stop(.cancelled) }
        let logger = services.logger
        logger.info("Job started", metadata: job.metadata.merging(["event": "job.started"]) { $1 })
        do {
            let report = try await work(job, control)
            if job.kind.isScan { try await requestThumbnails(after: job, report) }
            try await services.store.finish(job.id, as: .completed, report: report)
            logger.info("Job completed", metadata: job.metadata.merging(report.metadata) { $1 })
        } catch let stopped as JobStopped {
            if stopped.reason == .daemon { return }
            try await services.store.finish(job.id, as: .cancelled, report: nil)
            logger.info("Job cancelled", metadata: job.metadata.merging(["event": "job.cancelled"]) { $1 })
        } catch {
            try await fail(job, error)
        }
    }

    private func work(_ job: Job, _ control: JobControl) async throws -> ScanReport {
        guard let settings = libraries[job.library] else { throw ScanFault.retired(job.library) }
        if job.kind.isScan { return try await ScanJob(job, settings, services, control).run() }
        guard let thumbnails = settings.thumbnails else { return ScanReport() }
        return try await ThumbnailJob(job, thumbnails, services, control).run()
    }

    private func requestThumbnails(after scan: Job, _ report: ScanReport) async throws {
        guard libraries[scan.library]?.thumbnails != nil,
            try await services.store.dueThumbnails(of: scan.library) > 0
        else { return }
        _ = try await services.store.requestThumbnails(
            of: scan.library,
            causedBy: scan,
            hasNews: report[.createdMedia] + report[.updatedMedia] + report[.restoredMedia] > 0
        )
    }

    private func fail(_ job: Job, _ error: any Error) async throws {
        let fault: any Fault = error as? any Fault ?? ScanFault.unforeseen(job.id, String(describing: error))
        if fault.code == ScanFault.offlineCode {
            await services.pending.forget(job.library)
            await services.losses.forget(job.library)
            if fault is ListingFault { try await services.libraryGuard.noteRootFault(job.library, fault) }
        }
        try await services.store.finish(job.id, as: .failed, report: nil, fault: fault)
        services.logger.error(
            "Job failed",
            metadata: job.metadata.merging(["reason": "\(fault.summary)", "event": "job.failed"]) { $1 }
        )
    }
}

extension ScanReport {
    /// The figures that are not zero, for a log line.
    fileprivate var metadata: Logger.Metadata {
        Counter.allCases.reduce(into: ["event": "job.completed"]) { metadata, counter in
            if self[counter] != 0 { metadata["\(counter.rawValue)"] = "\(self[counter])" }
        }
    }
}
