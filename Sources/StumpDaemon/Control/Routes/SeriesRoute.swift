// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryStore

struct SeriesRoute {
    private enum State: String, CaseIterable {
        case ready
        case missing
    }

    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.series) { request, _ in
            let query = try RequestQuery(request, knows: ["library", "state", "limit", "after"])
            let limit = try query.limit
            let wanted: State? = try query.word("state")
            let series = try await state.store.series(
                of: query.library(),
                isMissing: wanted.map { $0 == .missing },
                after: query.integer("after") ?? 0,
                limit: limit
            )
            return try .json(
                Page(items: series.map(SeriesSummary.init), next: series.count == limit ? series.last?.id : nil)
            )
        }
        router.on(.oneSeries) { _, context in
            let id = try context.id("series")
            guard let series = try await state.store.series(id) else {
                throw RequestFault.unknown(kind: "series", id: "\(id)")
            }
            return try .json(SeriesSummary(series))
        }
    }
}
