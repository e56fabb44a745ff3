// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryStore

struct DuplicatesRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.duplicates) { request, _ in
            let query = try RequestQuery(request, knows: ["limit", "after"])
            let limit = try query.limit
            let groups = try await state.store.duplicates(after: query.integer("after") ?? 0, limit: limit)
            let items = groups.compactMap(DuplicateSummary.init)
            return try .json(Page(items: items, next: groups.count == limit ? items.last?.id : nil))
        }
    }
}
