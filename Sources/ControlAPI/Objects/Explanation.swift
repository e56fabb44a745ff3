// SPDX-License-Identifier: MIT

/// Why a path is in the index, or is not; of what does not exist too.
package struct Explanation: Codable, Equatable, Sendable {
    package var path: String
    /// The library that the path lies in.
    @Nullable package var library: String?
    /// In one sentence.
    package var verdict: String
    /// Every rule that was tried, in order.
    package var rules: [Rule]
    /// While a file is still being written, or a loss is not believed yet.
    @Nullable package var pending: String?
    /// The book's or directory's number in the index.
    @Nullable package var id: Int64?
    @Nullable package var state: String?
    package var problems: [ProblemSummary]
    /// The last job that looked at it or is to look at it.
    @Nullable package var lastJob: Int64?
    /// What went wrong last, with the path itself or with that job.
    @Nullable package var lastError: String?

    package init(
        path: String,
        library: String? = nil,
        verdict: String,
        rules: [Rule],
        pending: String? = nil,
        id: Int64? = nil,
        state: String? = nil,
        problems: [ProblemSummary] = [],
        lastJob: Int64? = nil,
        lastError: String? = nil
    ) {
        self.path = path
        self.library = library
        self.verdict = verdict
        self.rules = rules
        self.pending = pending
        self.id = id
        self.state = state
        self.problems = problems
        self.lastJob = lastJob
        self.lastError = lastError
    }

    private enum CodingKeys: String, CodingKey {
        case path
        case library
        case verdict
        case rules
        case pending
        case id
        case state
        case problems
        case lastJob = "last_job"
        case lastError = "last_error"
    }

    /// One rule, and what it said.
    package struct Rule: Codable, Equatable, Sendable {
        package var rule: String
        package var outcome: String

        package init(rule: String, outcome: String) {
            self.rule = rule
            self.outcome = outcome
        }
    }
}
