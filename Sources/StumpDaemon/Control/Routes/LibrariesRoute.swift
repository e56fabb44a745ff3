// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore

/// The libraries of the configuration, as a list, and each by its name.
///
/// One that is not in the configuration any more is there for who asks for it.
struct LibrariesRoute {
    private enum State: String, CaseIterable {
        case online
        case suspect
        case offline
        case paused
        case retired
    }

    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.libraries) { request, _ in
            let query = try RequestQuery(request, knows: ["state", "limit", "after"])
            let wanted: State? = try query.word("state")
            // They have no numbers: `after` is how many were given already.
            let (limit, after) = (try query.limit, Int(clamping: try query.integer("after") ?? 0))
            var libraries: [LibrarySummary] = []
            if wanted == .retired {
                for library in try await state.store.retiredLibraries() {
                    libraries.append(try await state.summary(of: library))
                }
            } else {
                for settings in state.configuration.libraries {
                    libraries.append(try await state.summary(of: settings))
                }
            }
            let rest = libraries.filter { wanted == nil || $0.state == wanted?.rawValue }.dropFirst(after)
            return try .json(
                Page(items: Array(rest.prefix(limit)), next: rest.count > limit ? Int64(after + limit) : nil)
            )
        }
        router.on(.library) { _, context in
            let name = context.parameters.get("name") ?? ""
            if let retired = try await state.store.retiredLibraries().first(where: { $0.name.text == name }) {
                return try .json(await state.summary(of: retired))
            }
            return try .json(await state.summary(of: state.settings(of: name)))
        }
    }
}
