// SPDX-License-Identifier: MIT
import LibraryModel
import Logging
import SystemPackage

/// Takes a scan's looks at books through the ready gate, and notes in the journal what becomes pending.
struct BookGate {
    let job: LibraryJob
    let services: JobServices

    /// Judges the book of a reading by what is known of its content now.
    func judge(_ reading: BookReading, content: ReadyGate.Content) async -> ReadyGate.Verdict {
        let look = ReadyGate.Look(
            stamp: reading.candidate.stamp,
            probe: reading.probe,
            content: content,
            at: services.clock.now,
            wallClock: services.now()
        )
        let judgement = await services.pending.judge(
            look,
            of: reading.candidate.name,
            in: reading.directory,
            job.library,
            quiet: services.quiet
        )
        if case .pending(_, let reason) = judgement.verdict, judgement.isNews { log(reading, reason) }
        return judgement.verdict
    }

    private func log(_ reading: BookReading, _ reason: ReadyGate.Reason) {
        var metadata = job.metadata
        metadata["event"] = "book.pending"
        metadata["path"] = "\(reading.directory.appending(reading.candidate.name))"
        metadata["reason"] = "\(reason.text)"
        services.logger.debug("Book is pending", metadata: metadata)
    }
}
