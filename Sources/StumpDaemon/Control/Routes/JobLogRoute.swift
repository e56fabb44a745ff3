// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryStore

struct JobLogRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.jobLog) { request, context in
            let query = try RequestQuery(request, knows: ["limit", "after"])
            let limit = try query.limit
            let after = try query.integer("after") ?? 0
            let lines = try await state.store.log(of: context.id("jobs"), after: after, limit: limit)
            return try .json(
                Page(items: lines.map(JobLogLine.init), next: lines.count == limit ? lines.last?.id : nil)
            )
        }
    }
}
