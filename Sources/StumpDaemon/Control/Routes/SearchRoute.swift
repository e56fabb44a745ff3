// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore

/// Finds books and series by words; `after` is how many of the hits were given already.
struct SearchRoute {
    /// The longest query, in scalars.
    static let longestQuery = 1000

    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.search) { request, _ in
            let query = try RequestQuery(request, knows: ["q", "library", "limit", "after"])
            let library = try query.library()
            let (limit, after) = (try query.limit, Int(clamping: try query.integer("after") ?? 0))
            guard let text = query.text("q"), !text.isEmpty, text.unicodeScalars.count <= SearchRoute.longestQuery
            else {
                throw RequestFault.invalid(
                    field: "q",
                    value: String((query.text("q") ?? "").prefix(40)),
                    wanted: "words to look for, of \(SearchRoute.longestQuery) characters at most"
                )
            }
            // Signs alone are in no book's words.
            guard let words = SearchQuery(text), after < LibraryStore.mostHits else {
                return try .json(Page<SearchHit>(items: [], next: nil))
            }
            let hits = try await state.store.search(words, in: library, after: after, limit: limit)
            let isLast = hits.count < limit || after + limit >= LibraryStore.mostHits
            return try .json(
                Page(items: hits.map(SearchHit.init), next: isLast ? nil : Int64(after + limit))
            )
        }
    }
}

extension SearchHit {
    fileprivate init(_ hit: SearchEntry) {
        switch hit.subject {
        case .book(let book): self.init(kind: "book", match: hit.match.rawValue, book: BookSummary(book))
        case .series(let series):
            self.init(kind: "series", match: hit.match.rawValue, series: SeriesSummary(series))
        }
    }
}
