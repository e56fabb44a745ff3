// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore
import SystemPackage

/// Asks for a scan: 202 with the new job, or 200 with the waiting one that the request joined.
struct ScanRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.scan) { request, context in
            let settings = try state.settings(of: context.parameters.get("name") ?? "")
            let wanted = try await request.object(ScanRequest.self)
            let scan = LibraryStore.ScanRequest(
                library: settings.name,
                scope: try scope(wanted.paths, below: settings.root),
                options: ScanOptions(force: wanted.force, acceptLosses: wanted.acceptLosses),
                trigger: .user
            )
            let (job, joined) = try await state.store.request(scan)
            return try .json(JobSummary(job, now: state.now()), status: joined ? .ok : .accepted)
        }
    }

    /// The paths, absolute or relative to the root, as directories of the library.
    private func scope(_ paths: [String], below root: FilePath) throws(RequestFault) -> ScanScope {
        if paths.isEmpty { return .library }
        var scope = ScanScope()
        for text in paths {
            let path = root.pushing(FilePath(text)).lexicallyNormalized()
            guard path.isWithin(root.lexicallyNormalized()) else { throw .outside(path, root: root) }
            var relative = path
            _ = relative.removePrefix(root.lexicallyNormalized())
            scope.insert(relative, ScanScope.Depth(isDeep: true))
        }
        return scope
    }
}
