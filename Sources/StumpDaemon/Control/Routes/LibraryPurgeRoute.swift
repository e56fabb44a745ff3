// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryScan
import LibraryStore
import Logging

/// Forgets a library that is not in the configuration any more.
struct LibraryPurgeRoute {
    let state: DaemonState
    let logger: Logger

    func register(on router: Router<ControlServer.Context>) {
        router.on(.purgeLibrary) { _, context in
            let text = context.parameters.get("name") ?? ""
            guard let name = LibraryName(text) else { throw StoreFault.unknownLibrary(text) }
            let forgotten = try await state.store.forget(name)
            logger.notice(
                "A retired library was forgotten",
                metadata: [
                    "library": "\(name)", "books": "\(forgotten.books)", "series": "\(forgotten.series)",
                    "event": "library.purged",
                ]
            )
            // What cannot be removed now is removed with the next thumbnails.
            try? await state.thumbnails.sweep(state.store)
            return try .json(PurgedLibrary(library: name.text, books: forgotten.books, series: forgotten.series))
        }
    }
}
