// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore
import SystemPackage

struct BooksRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.books) { request, _ in
            let names: Set = ["library", "series", "state", "format", "path", "limit", "after"]
            let query = try RequestQuery(request, knows: names)
            var filter = LibraryStore.BookFilter()
            filter.library = try query.library()
            filter.series = try query.integer("series")
            filter.state = try query.word("state")
            filter.format = try query.word("format")
            filter.after = try query.integer("after") ?? 0
            filter.limit = try query.limit
            if let path = query.text("path") { try place(FilePath(path), in: &filter) }
            let books = try await state.store.books(filter)
            return try .json(
                Page(items: books.map(BookSummary.init), next: books.count == filter.limit ? books.last?.id : nil)
            )
        }
        router.on(.book) { _, context in
            let id = try context.id("book")
            guard let book = try await state.store.book(id) else {
                throw RequestFault.unknown(kind: "book", id: "\(id)")
            }
            return try .json(BookSummary(book))
        }
    }

    /// An absolute path says which library it is in; a relative one needs the library beside it.
    private func place(_ path: FilePath, in filter: inout LibraryStore.BookFilter) throws(RequestFault) {
        let normal = path.lexicallyNormalized()
        if path.isRelative {
            guard filter.library != nil else {
                throw .invalid(field: "path", value: path.string, wanted: "absolute, and no library is given")
            }
            filter.path = normal
            return
        }
        let wanted = filter.library
        let home = state.configuration.libraries.first { library in
            normal.isWithin(library.root.lexicallyNormalized()) && (wanted == nil || wanted == library.name)
        }
        guard let home else { throw .invalid(field: "path", value: path.string, wanted: "below a library's root") }
        filter.library = home.name
        var relative = normal
        _ = relative.removePrefix(home.root.lexicallyNormalized())
        filter.path = relative
    }
}
