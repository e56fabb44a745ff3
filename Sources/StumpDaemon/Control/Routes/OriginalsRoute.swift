// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore
import SystemPackage

/// Lists what converted books were before, as far as it is still there, and has it removed.
struct OriginalsRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.originals) { request, _ in
            let query = try RequestQuery(request, knows: ["library", "limit", "after"])
            var filter = LibraryStore.OriginalFilter()
            filter.library = try query.library()
            filter.after = try query.integer("after") ?? 0
            filter.limit = try query.limit
            let originals = try await state.store.originals(filter)
            let next = originals.count == filter.limit ? originals.last?.id : nil
            return try .json(Page(items: originals.map(OriginalSummary.init), next: next))
        }
        router.on(.removeOriginals) { request, _ in
            let jobs = try await remove(try await request.object(RemoveOriginalsRequest.self))
            return try .json(Page(items: jobs, next: nil), status: jobs.isEmpty ? .ok : .accepted)
        }
    }

    /// Marks them, and asks for the jobs that remove the files.
    private func remove(_ wish: RemoveOriginalsRequest) async throws -> [JobSummary] {
        let seconds = wish.olderThanSeconds
        if let seconds, !(seconds >= 0 && seconds < 1e9) {
            throw RequestFault.invalid(field: "older_than_seconds", value: "\(seconds)", wanted: "0 to 999999999")
        }
        let names =
            try wish.library.map { [try state.settings(of: $0).name] } ?? state.configuration.libraries.map(\.name)
        let before = seconds.map { state.now() + .seconds(-$0) }
        var jobs: [JobSummary] = []
        for name in names {
            let marked = try await state.store.dismissOriginals(of: name, isAll: true, convertedBefore: before)
            guard marked.count > 0 else { continue }
            let (job, _) = try await state.store.request(.conversion(of: name, trigger: .user))
            jobs.append(JobSummary(job, now: state.now()))
        }
        return jobs
    }
}

extension OriginalSummary {
    fileprivate init(_ original: OriginalEntry) {
        self.init(
            id: original.id,
            library: original.library.text,
            bookID: original.book,
            path: original.path.string,
            place: original.place.string,
            originals: original.kept.rawValue,
            state: original.state.rawValue,
            sizeBytes: original.stamp.size,
            convertedAt: original.convertedAt.rfc3339,
            removeAfter: original.removeAfter?.rfc3339
        )
    }
}
