// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import SystemPackage

/// Tells why a path is in the index, or is not.
struct ExplainRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.explain) { request, _ in
            let query = try RequestQuery(request, knows: ["path"])
            guard let text = query.text("path"), FilePath(text).isAbsolute else {
                throw RequestFault.invalid(field: "path", value: query.text("path") ?? "", wanted: "an absolute path")
            }
            return try .json(try await state.explain(FilePath(text).lexicallyNormalized()))
        }
    }
}
