// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird

/// The libraries of the configuration, as a list of one page, and each by its name.
struct LibrariesRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.libraries) { _, _ in
            var libraries: [LibrarySummary] = []
            for settings in state.configuration.libraries { libraries.append(try await state.summary(of: settings)) }
            return try .json(Page(items: libraries))
        }
        router.on(.library) { _, context in
            try .json(await state.summary(of: state.settings(of: context.parameters.get("name") ?? "")))
        }
    }
}
