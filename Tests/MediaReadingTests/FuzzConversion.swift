// SPDX-License-Identifier: MIT
import LibraryModel
import Support

@testable import LibraryScan

/// What became of a damaged book that a worker could convert all the same, and what in it is not as it should be.
struct FuzzConversion {
    let input: FuzzInput
    let original: BookFacts?
    let written: ConversionFigures
    let bytes: [UInt8]

    /// How many questions are asked about each.
    static let count = 3

    /// `nil` where nothing was converted.
    init?(_ verdict: FuzzVerdict) {
        guard case .done(.converted(let figures)) = verdict.conversion.outcome else { return nil }
        (input, original, written) = (verdict.input, verdict.factsFound, figures)
        bytes = verdict.conversion.output
    }

    /// One question for each answer: whether the result is right, whether another with one bit turned is, and what is in
    /// it.
    var questions: [FuzzBench.Question] {
        let number = Int64(bitPattern: input.seed)
        return [bytes, damaged].map { result in
            FuzzBench.Question(
                bytes: input.bytes,
                promised: input.promised,
                task: .comparison,
                number: number,
                result: result
            )
        } + [
            FuzzBench.Question(
                bytes: bytes,
                promised: .cbz,
                task: .facts(readsMetadata: true, checksParts: true),
                number: number
            )
        ]
    }

    private var damaged: [UInt8] {
        var random = SplitMix(seed: input.seed)
        var damaged = bytes
        if let place = bytes.indices.randomElement(using: &random) {
            damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        return damaged
    }

    /// What is wrong with the answers; a worker's death is none of it.
    func complaints(_ answers: ArraySlice<FuzzBench.Answer>) -> [String] {
        let outcomes = answers.map(\.outcome)
        var complaints: [String] = []
        switch outcomes[0] {
        case .done(.compared(let figures)):
            if !figures.isResult(of: written) { complaints.append("\(figures) was written as \(written)") }
        case .failed: break
        default: complaints.append("what was converted is not right: \(outcomes[0])")
        }
        if case .done(.compared(let figures)) = outcomes[1], figures.isResult(of: written) {
            complaints.append("a result with a bit turned is taken for what was written")
        }
        guard case .done(.facts(let facts)) = outcomes[2] else { return complaints }
        if facts.format != .cbz || facts.state != .ready { complaints.append("the result is \(facts)") }
        if facts.pages != written.pages { complaints.append("\(facts.pages) pages were \(written.pages)") }
        if let original, original.metadata != facts.metadata || original.pages != facts.pages {
            complaints.append("\(original) became \(facts)")
        }
        return complaints
    }
}
