// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore

/// Asks for the conversion of one book, or for its undoing: 202 with the new job, or 200 with the waiting one that the
/// request joined.
struct ConvertRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.convert) { _, context in try await wish(try context.id("book"), isUndo: false) }
        router.on(.unconvert) { _, context in try await wish(try context.id("book"), isUndo: true) }
    }

    private func wish(_ id: Int64, isUndo: Bool) async throws -> Response {
        guard let book = try await state.store.book(id) else { throw RequestFault.unknown(kind: "book", id: "\(id)") }
        // A retired library is none of ours to write in.
        let library = try state.settings(of: book.library.text).name
        try state.refuseOffline(library)
        let (job, joined) = try await state.store.wishConversion(of: id, isUndo: isUndo)
        return try .json(JobSummary(job, now: state.now()), status: joined ? .ok : .accepted)
    }
}
