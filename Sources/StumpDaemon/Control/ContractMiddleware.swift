// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel

/// Holds requests to what the API's description says of them: methods and the names of parameters.
struct ContractMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: ControlServer.Context,
        next: (Request, ControlServer.Context) async throws -> Response
    ) async throws -> Response {
        let parts = request.uri.path.split(separator: "/")
        let all = Operation.all.filter { $0.matches(parts) }
        // A word of a path is no argument where a path has that very word.
        let exact = all.filter { !$0.route.template.contains("{") }
        let here = exact.isEmpty ? all : exact
        if here.isEmpty { return try await next(request, context) }
        guard let operation = here.first(where: { $0.route.method.rawValue == request.method.rawValue }) else {
            let allowed = Set(here.map(\.route.method.rawValue)).sorted()
            throw RequestFault.method(request.method.rawValue, path: request.uri.path, allowed: allowed)
        }
        let known = operation.query.map(\.name)
        for (name, value) in request.uri.queryParameters where !known.contains(String(name)) {
            throw RequestFault.invalid(
                field: String(name),
                value: String(value),
                wanted: known.isEmpty ? "taken: this request takes none" : "one of \(known.joined(separator: ", "))"
            )
        }
        return try await next(request, context)
    }
}
