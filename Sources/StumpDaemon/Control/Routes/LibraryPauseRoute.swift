// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore
import Logging

/// Pauses all jobs of a library, and has them go on; it stays as it was told over a restart.
///
/// A paused library is watched all the same: what changes waits as one scan.
struct LibraryPauseRoute {
    let state: DaemonState
    let logger: Logger

    func register(on router: Router<ControlServer.Context>) {
        router.on(.pauseLibrary) { _, context in try await set(context, isPaused: true) }
        router.on(.resumeLibrary) { _, context in try await set(context, isPaused: false) }
    }

    private func set(_ context: ControlServer.Context, isPaused: Bool) async throws -> Response {
        let settings = try state.settings(of: context.parameters.get("name") ?? "")
        try await state.store.setPaused(isPaused, settings.name)
        logger.notice("Library \(isPaused ? "is paused" : "goes on")", metadata: ["library": "\(settings.name)"])
        return try .json(await state.summary(of: settings))
    }
}
