// SPDX-License-Identifier: MIT
import LibraryModel

/// Counts what became of damaged books.
struct FuzzTally {
    var inputs = 0
    private var facts: [String: Int] = [:]
    private var thumbnails: [String: Int] = [:]
    private var pages: [String: Int] = [:]
    private var conversions: [String: Int] = [:]
    private var deaths: [String: Int] = [:]

    mutating func count(
        facts outcome: WorkReport.Outcome?,
        thumbnail: WorkReport.Outcome?,
        pages analysis: WorkReport.Outcome?,
        conversion: WorkReport.Outcome?
    ) {
        inputs += 1
        facts[Self.word(for: outcome), default: 0] += 1
        thumbnails[Self.word(for: thumbnail), default: 0] += 1
        pages[Self.word(for: analysis), default: 0] += 1
        conversions[Self.word(for: conversion), default: 0] += 1
    }

    mutating func count(death: WorkerDeaths.Death) { deaths["\(death.problem): \(death.reason)", default: 0] += 1 }

    /// The worst that was said, or what the book is.
    private static func word(for outcome: WorkReport.Outcome?) -> String {
        let findings: [Finding]
        switch outcome {
        case .facts(let facts): findings = facts.findings
        case .thumbnail(_, _, let flaws): findings = flaws
        case .noThumbnail(let flaws): return flaws.first?.problem.rawValue ?? "none"
        case .pages(let analysis): findings = analysis.findings
        case .sidecar(let facts): findings = facts.findings
        case .converted, .compared: findings = []
        case .notConverted(let flaws): return flaws.first?.problem.rawValue ?? "none"
        case .notWritten(let flaw): return flaw.problem.rawValue
        case .elsewhere: return "elsewhere"
        case nil: return "no report"
        }
        let worst = findings.first { $0.problem.severity == .error } ?? findings.first
        return worst?.problem.rawValue ?? "fine"
    }

    /// A table of a row for each class.
    func table(peak: Int) -> String {
        var lines = ["fuzz-media: \(inputs) damaged books; a worker had at most \(peak >> 20) MiB"]
        lines.append(
            "    \("class".padded(24))\("facts".padded(10))\("thumbnail".padded(12))\("pages".padded(8))conversion"
        )
        for word in Set(facts.keys).union(thumbnails.keys).union(pages.keys).union(conversions.keys)
            .sorted()
        {
            let counts = [facts, thumbnails, pages, conversions].map { String($0[word] ?? 0) }
            lines.append(
                "    \(word.padded(24))\(counts[0].padded(10))\(counts[1].padded(12))\(counts[2].padded(8))\(counts[3])"
            )
        }
        lines.append("    workers that ended over a book: \(deaths.values.reduce(0, +))")
        for (reason, count) in deaths.sorted(by: { $0.key < $1.key }) { lines.append("    \(count) × \(reason)") }
        return lines.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
