// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore
import Logging
import NIOCore
import SystemPackage

/// What is wrong with a request itself.
enum RequestFault: Fault, Equatable {
    case invalid(field: String, value: String, wanted: String)
    case invalidBody(String)
    case notJSON(String)
    case mediaType(String)
    case tooLarge(limit: Int)
    case method(String, path: String, allowed: [String])
    case unknown(kind: String, id: String)
    case outside(FilePath, root: FilePath)
    case noThumbnail(Int64)
    case tooManyStreams(Int)

    /// The database takes nothing in, because its disk is full or fails.
    case notWritable

    var code: String {
        switch self {
        case .invalid, .invalidBody: "invalid_request"
        case .notJSON: "invalid_json"
        case .mediaType: "unsupported_media_type"
        case .tooLarge: "body_too_large"
        case .method: "method_not_allowed"
        case .unknown: "not_found"
        case .outside: "path_outside_library"
        case .noThumbnail: "thumbnail_missing"
        case .tooManyStreams: "too_many_streams"
        case .notWritable: "state_not_writable"
        }
    }

    var summary: String {
        switch self {
        case .invalid(let field, let value, let wanted): "\(field) is `\(value)`, which is not \(wanted)"
        case .invalidBody(let reason): "the request's body cannot be used: \(reason)"
        case .notJSON(let reason): "the request's body is not JSON: \(reason)"
        case .mediaType(let type): "the request's body is said to be \(type), and has to be application/json"
        case .tooLarge(let limit): "the request's body is larger than \(limit) bytes"
        case .method(let method, let path, _): "\(path) takes no \(method)"
        case .unknown(let kind, let id): "there is no \(kind) \(id)"
        case .outside(let path, let root): "\(path) is not below the library's root \(root)"
        case .noThumbnail(let book): "book \(book) has no thumbnail"
        case .tooManyStreams(let most): "\(most) streams of events are open, and there may be no more"
        case .notWritable: "the disk of the state directory is full, fails, or is read-only, so nothing was changed"
        }
    }

    var remedy: String? {
        switch self {
        case .invalid, .invalidBody, .notJSON, .tooLarge: "GET /v1/openapi.json says what a request takes."
        case .mediaType: "Send it with `Content-Type: application/json`."
        case .method(_, _, let allowed): "It takes \(allowed.joined(separator: " and "))."
        case .unknown(let kind, _): "`stumpctl \(kind == "book" ? "books" : kind)` lists them."
        case .outside: "`stumpctl libraries` shows the roots."
        case .noThumbnail(let book): "`stumpctl books show \(book)` and `stumpctl problems` tell why."
        case .tooManyStreams: "End some of the clients that read events."
        case .notWritable:
            "Free space there, or make it writable, then ask again; `stumpctl status` says when it goes on."
        }
    }

    /// What HTTP calls each fault of ours.
    static func status(of fault: any Fault) -> HTTPResponse.Status {
        switch fault.code {
        case "not_found", "thumbnail_missing": .notFound
        case "invalid_json": .badRequest
        case "unsupported_media_type": .unsupportedMediaType
        case "body_too_large": .contentTooLarge
        case "method_not_allowed": .methodNotAllowed
        case "wrong_state": .conflict
        case "invalid_request", "path_outside_library", "configuration_refused": .unprocessableContent
        case "root_offline": .conflict
        case "state_not_writable", "too_many_streams": .serviceUnavailable
        default: .internalServerError
        }
    }
}

/// Turns every error into `application/problem+json` (RFC 9457), with the code and the remedy of its fault.
struct ProblemMiddleware: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request,
        context: ControlServer.Context,
        next: (Request, ControlServer.Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let fault as any Fault {
            var response = try problem(RequestFault.status(of: fault), fault.code, fault.summary, fault.remedy)
            if case .method(let method, _, let allowed)? = fault as? RequestFault {
                response.headers[.allow] = allowed.joined(separator: ", ")
                // Nothing may follow the head of an answer to HEAD.
                if method == "HEAD" { response.body = ResponseBody() }
            }
            return response
        } catch let error as HTTPError {
            let what = error.body ?? "\(request.method.rawValue) \(request.uri.path)"
            let code = error.status == .notFound ? APIProblem.noSuchRoute : "invalid_request"
            return try problem(error.status, code, what, "GET /v1/openapi.json lists the requests.")
        } catch is CancellationError {
            throw CancellationError()
        } catch let error where StoreTrouble(error) == .full || StoreTrouble(error) == .notWritable {
            // The queue stands still then, and that was logged.
            logger.debug("Request failed", metadata: ["path": "\(request.uri.path)", "reason": "\(error)"])
            let fault = RequestFault.notWritable
            return try problem(RequestFault.status(of: fault), fault.code, fault.summary, fault.remedy)
        } catch {
            logger.error("Request failed", metadata: ["path": "\(request.uri.path)", "reason": "\(error)"])
            return try problem(.internalServerError, "internal", "\(error)", "See the journal: `journalctl -u stumpd`.")
        }
    }

    private func problem(
        _ status: HTTPResponse.Status,
        _ code: String,
        _ detail: String,
        _ hint: String?
    ) throws -> Response {
        let problem = APIProblem(
            title: String(code.map { $0 == "_" ? " " : $0 }),
            status: status.code,
            detail: detail,
            code: code,
            hint: hint
        )
        var response = try Response.json(problem, status: status)
        response.headers[.contentType] = "application/problem+json"
        return response
    }
}
