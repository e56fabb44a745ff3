// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore

/// The libraries of the configuration, as a list of one page, and each by its name.
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
            return try .json(Page(items: libraries.filter { wanted == nil || $0.state == wanted?.rawValue }))
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
