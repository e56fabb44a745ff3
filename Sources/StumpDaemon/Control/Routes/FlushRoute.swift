// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryScan
import LibraryStore
import SystemPackage

/// Answers when everything that was on disk before the request is in the index, or says what is not yet.
struct FlushRoute {
    /// The longest that a request may wait, in seconds.
    private static let longestWait = 3600.0

    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.flush) { request, _ in
            let wanted = try await request.object(FlushRequest.self).timeoutSeconds
            guard wanted >= 0, wanted <= FlushRoute.longestWait else {
                throw RequestFault.invalid(field: "timeout_seconds", value: "\(wanted)", wanted: "0 to 3600")
            }
            let isSettled = try await state.intake.flush(within: .seconds(wanted))
            let books = await state.pending.entries.map { entry in
                PendingFile(
                    library: entry.library.text,
                    path: entry.directory.appending(entry.name).string,
                    reason: entry.reason.text
                )
            }
            let losses = await state.losses.entries.map { entry in
                PendingFile(library: entry.library.text, path: entry.directory.string, reason: entry.text)
            }
            let held = try await state.store.openScans().held.values.map { scan in
                PendingFile(library: scan.library.text, path: "", reason: scan.why)
            }
            let stalls = [state.stall.reason].compactMap { $0 }.map {
                PendingFile(library: "", path: "", reason: "the queue stands still: \($0)")
            }
            var unseen: [PendingFile] = []
            for (library, keeper) in await state.intake.keepers where !isSettled {
                guard let occupation = await keeper.occupation else { continue }
                unseen.append(PendingFile(library: library.text, path: "", reason: occupation))
            }
            let pending = (books + losses + held + stalls + unseen).sorted { $0.path < $1.path }
            return try .json(FlushReport(settled: isSettled, pending: pending))
        }
    }
}
