// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Hummingbird
import Logging
import NIOCore
import SystemPackage

/// Answers the socket: HTTP and JSON, one route a file.
struct ControlServer {
    typealias Context = BasicRequestContext

    let state: DaemonState
    let socket: FilePath

    /// 0660 for a service, whose group may ask; 0600 for a daemon started by hand.
    let mode: mode_t
    let logger: Logger

    /// The server as a service; `onReady` is called when the socket is there with its right mode.
    func application(onReady: @escaping @Sendable () async -> Void) -> some ApplicationProtocol {
        let router = Router(context: Context.self)
        router.add(middleware: ProblemMiddleware(logger: logger))
        HealthRoute(state: state).register(on: router)
        VersionRoute().register(on: router)
        StatusRoute(state: state).register(on: router)
        LibrariesRoute(state: state).register(on: router)
        ScanRoute(state: state).register(on: router)
        JobsRoute(state: state).register(on: router)
        JobLogRoute(state: state).register(on: router)
        CancelRoute(state: state).register(on: router)
        EventsRoute(state: state).register(on: router)
        SeriesRoute(state: state).register(on: router)
        BooksRoute(state: state).register(on: router)
        ThumbnailRoute(state: state).register(on: router)
        ProblemsRoute(state: state).register(on: router)
        FlushRoute(state: state).register(on: router)
        return Application(
            router: router,
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: socket.string)),
            onServerRunning: { [socket, mode] _ in
                // Until here the process's umask kept everybody but us out.
                _ = socket.withPlatformString { chmod($0, mode) }
                await onReady()
            },
            logger: quiet
        )
    }

    /// The server's own words are of interest only when something is wrong.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = max(.warning, logger.logLevel)
        return logger
    }
}

extension Route {
    /// The template as the router writes it: `{id}` becomes `:id`.
    var pattern: RouterPath {
        let names = template.split(separator: "/").map { name in
            name.first == "{" ? ":\(name.dropFirst().dropLast())" : String(name)
        }
        return RouterPath(names.joined(separator: "/"))
    }
}

extension Router {
    /// Puts an answer behind a route of the API.
    func on(
        _ route: Route,
        _ answer: @escaping @Sendable (Request, Context) async throws -> Response
    ) {
        on(route.pattern, method: route.method == .get ? .get : .post, use: answer)
    }
}

extension Response {
    /// An object of the API.
    static func json(_ object: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try ControlJSON.encode(object)))
        )
    }
}
