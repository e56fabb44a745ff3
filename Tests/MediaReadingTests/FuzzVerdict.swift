// SPDX-License-Identifier: MIT
import LibraryModel

@testable import LibraryScan

/// What was answered about one damaged book, and what in it contradicts itself.
struct FuzzVerdict {
    let input: FuzzInput
    let facts: FuzzBench.Answer
    let again: FuzzBench.Answer
    let thumbnail: FuzzBench.Answer
    let pages: FuzzBench.Answer

    /// As if it were a file beside a book.
    let sidecar: FuzzBench.Answer
    let conversion: FuzzBench.Answer

    /// How many questions are asked about each.
    static let count = 6

    /// One question for each answer.
    static func questions(about input: FuzzInput) -> [FuzzBench.Question] {
        let facts = WorkRequest.Task.facts(readsMetadata: true, checksParts: input.checksParts, hashes: input.hashes)
        let sidecar = WorkRequest.Task.sidecar(input.seed.isMultiple(of: 2) ? .opf : .seriesJSON)
        return [facts, facts, .thumbnail(ThumbnailSettings()), .pages, sidecar, .conversion(room: .max)].map { task in
            FuzzBench.Question(
                bytes: input.bytes,
                promised: input.promised,
                task: task,
                number: Int64(bitPattern: input.seed)
            )
        }
    }

    init(_ input: FuzzInput, _ answers: ArraySlice<FuzzBench.Answer>) {
        let answers = Array(answers)
        (self.input, facts, again, thumbnail, pages) = (input, answers[0], answers[1], answers[2], answers[3])
        (sidecar, conversion) = (answers[4], answers[5])
    }

    /// What is wrong with the answers, whatever the book; a worker's death is none of it.
    var complaints: [String] {
        var complaints: [String] = []
        for answer in [facts, again, thumbnail, pages, sidecar, conversion] {
            switch answer.outcome {
            case .done, .failed: break
            case .changed, .withdrawn, .unavailable: complaints.append("there is no verdict but \(answer.outcome)")
            }
        }
        if let facts = factsFound { complaints += Self.contradictions(in: facts) }
        if let facts = factsFound, case .done(.facts(let other)) = again.outcome, other != facts {
            complaints.append("read twice, it is \(facts) and \(other)")
        }
        if case .done(.thumbnail(let width, let height, _)) = thumbnail.outcome {
            if !(1...400).contains(width) || !(1...600).contains(height) {
                complaints.append("a thumbnail of \(width) × \(height)")
            }
            if !Self.isWebP(thumbnail.output) { complaints.append("the thumbnail is no WebP") }
        }
        if case .done(.noThumbnail(let findings)) = thumbnail.outcome {
            complaints += Self.flaws(of: findings)
        }
        if case .done(.pages(let analysis)) = pages.outcome { complaints += contradictions(in: analysis) }
        switch conversion.outcome {
        case .done(.notConverted(let findings)):
            complaints += Self.flaws(of: findings)
            if findings.count != 1 { complaints.append("not converted for \(findings.count) reasons") }
        case .done(.notWritten(let finding)): complaints.append("there is room: \(finding.detail)")
        case .done(.converted):
            // What a reader calls an error is none that could be converted.
            if let facts = factsFound, facts.state != .ready { complaints.append("converted, and not ready: \(facts)") }
        default: break
        }
        if case .done(.sidecar(let found)) = sidecar.outcome { complaints += Self.flaws(of: found.findings) }
        return complaints
    }

    var factsFound: BookFacts? {
        if case .done(.facts(let found)) = facts.outcome { found } else { nil }
    }

    private static func contradictions(in facts: BookFacts) -> [String] {
        var complaints = flaws(of: facts.findings)
        if facts.state == .ready {
            if facts.format == nil { complaints.append("ready, and of no format") }
            if facts.pages == 0, facts.format != .epub { complaints.append("ready, and without a page") }
            if facts.fingerprint == nil { complaints.append("ready, and without a fingerprint") }
            // A PDF without its end may be mended, and the gate waits for it.
            if !facts.endIsPresent, facts.format != .pdf { complaints.append("ready, and without an end") }
        }
        return complaints
    }

    private func contradictions(in analysis: PageAnalysis) -> [String] {
        var complaints = Self.flaws(of: analysis.findings)
        if analysis.decoded + analysis.skipped + analysis.damaged != analysis.pages {
            complaints.append("the pages do not add up: \(analysis)")
        }
        if let facts = factsFound, facts.state == .ready, facts.format != .epub, facts.pages != analysis.pages {
            complaints.append("\(facts.pages) pages are \(analysis.pages): \(analysis)")
        }
        return complaints
    }

    /// A person reads findings: they say something, on one line, that is no longer than a line may be.
    private static func flaws(of findings: [Finding]) -> [String] {
        findings.filter { finding in
            finding.detail.isEmpty || finding.detail.utf8.count > 5_000
                || finding.detail.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        }.map { "this is no finding: \($0.problem) \($0.detail.prefix(300).debugDescription)" }
    }

    private static func isWebP(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 20, bytes.starts(with: Array("RIFF".utf8)), bytes[8..<12].elementsEqual("WEBP".utf8) else {
            return false
        }
        return bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) } + 8 == bytes.count
    }
}
