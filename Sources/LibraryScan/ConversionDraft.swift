// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// Has workers write the result of a conversion into a draft, and prove that it holds all that the original does.
struct ConversionDraft {
    /// Why there is no result.
    struct Failure: Error {
        var outcome: BookConversion.Outcome
    }

    /// A result that was proved, and what of the original's attributes it could not be given.
    struct Made {
        var verified: OpenConversion.Verified
        var untold: [String]
    }

    let conversion: OpenConversion
    let job: LibraryJob
    let settings: LibrarySettings
    let services: JobServices
    let control: JobControl

    /// Leaves the draft where it is, whatever comes of it.
    ///
    /// - Throws: ``WritingFault``.
    func make(from source: OpenBook, in directory: any BookDirectory) async throws -> Result<Made, Failure> {
        let draft = try await directory.makeDraft(conversion.draft)
        do {
            let room = try await directory.room()
            let written = try await ask(.conversion(room: room), of: source, draft)
            guard case .converted(let written) = written else { throw failure(written) }
            // Another pass, and where there are several most likely another worker: it believes nothing of the first.
            let answer = try await ask(.comparison, of: source, draft)
            guard case .compared(let figures) = answer else { throw failure(answer) }
            guard figures.isResult(of: written) else {
                throw Failure(outcome: .refused("what was compared is not what was written; the disk may be failing"))
            }
            var untold = try await directory.finish(draft, like: source)
            if figures.damagedPages > 0 {
                untold.append("\(figures.damagedPages) pages cannot be decoded, as in the original")
            }
            let facts = try await facts(in: directory)
            guard facts.facts.pages == figures.pages else {
                let found = "\(facts.facts.pages) pages instead of \(figures.pages)"
                throw Failure(outcome: .refused("the result does not read like the original: \(found)"))
            }
            guard try await isUnchanged(source, in: directory) else { throw Failure(outcome: .stale) }
            return .success(
                Made(verified: OpenConversion.Verified(stamp: facts.stamp, facts: facts.facts), untold: untold)
            )
        } catch let failure as Failure {
            return .failure(failure)
        }
    }

    /// What a scan would read of the result.
    private func facts(in directory: any BookDirectory) async throws -> (stamp: FileStamp, facts: BookFacts) {
        let result = try await directory.open(conversion.draft)
        let task = WorkRequest.Task.facts(
            readsMetadata: settings.readsMetadata,
            checksParts: true,
            hashes: settings.hashes
        )
        let answer = try await ask(task, of: result, promised: .cbz)
        guard case .facts(let facts) = answer else { throw failure(answer) }
        if let worst = facts.findings.first(where: { $0.problem.severity == .error }) {
            throw Failure(outcome: .refused("the result cannot be read: \(worst.detail)"))
        }
        return (result.stamp, facts)
    }

    /// Whether the name still leads to the file that was read, and that has not changed.
    private func isUnchanged(_ source: OpenBook, in directory: any BookDirectory) async throws -> Bool {
        guard let named = try await directory.stamp(of: conversion.book.name) else { return false }
        return source.isUnchanged && !named.differs(from: source.stamp)
    }

    private func ask(
        _ task: WorkRequest.Task,
        of book: OpenBook,
        promised: MediaFormat? = nil,
        _ draft: BookDraft? = nil
    ) async throws(Failure) -> WorkReport.Outcome {
        if control.isStopped { throw Failure(outcome: .stopped) }
        let outcome = await services.workers.result(
            of: task,
            promised: promised ?? conversion.book.format,
            book: book,
            output: draft?.descriptor,
            label: BookInFlight(job: job.id, library: job.library, path: conversion.book.path),
            isWanted: { [control] in !control.isStopped }
        )
        switch outcome {
        case .done(let report): return report
        case .changed: throw Failure(outcome: .stale)
        case .failed(let finding): throw Failure(outcome: .refused(finding.detail))
        case .withdrawn: throw Failure(outcome: .stopped)
        case .unavailable(let fault):
            control.fail(fault)
            throw Failure(outcome: .stopped)
        }
    }

    /// What an answer means that is not the one that was hoped for.
    private func failure(_ answer: WorkReport.Outcome) -> Failure {
        switch answer {
        case .notConverted(let findings):
            let reason = findings.map(\.detail).joined(separator: "; ")
            // A disk that fails may do better next time.
            let isPassing = findings.contains { $0.problem == .unreadable }
            return Failure(outcome: isPassing ? .hindered(reason) : .refused(reason))
        case .notWritten(let finding): return Failure(outcome: .hindered(finding.detail))
        default: return Failure(outcome: .refused("the worker did not do what it was asked"))
        }
    }
}
