// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryStore

struct ProblemsRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.problems) { request, _ in
            let query = try RequestQuery(request, knows: ["library", "class", "limit", "after"])
            let limit = try query.limit
            let problems = try await state.store.problems(
                of: query.library(),
                class: query.word("class"),
                after: query.integer("after") ?? 0,
                limit: limit
            )
            return try .json(
                Page(
                    items: problems.map(ProblemSummary.init),
                    next: problems.count == limit ? problems.last?.id : nil
                )
            )
        }
    }
}
