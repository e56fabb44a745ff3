// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import SystemPackage

/// Answers the socket: HTTP and JSON, one route a file.
///
/// Runs Hummingbird's server without its `Application`, which wakes up every second to know the date.
struct ControlServer: Service {
    typealias Context = BasicRequestContext

    let state: DaemonState
    let reloader: Reloader
    let socket: FilePath

    /// 0660 for a service, whose group may ask; 0600 for a daemon started by hand.
    let mode: mode_t
    let logger: Logger

    /// Called when the socket is there with its right mode.
    let onReady: @Sendable () -> Void

    /// Serves until the daemon stops.
    func run() async throws {
        let responder = router.buildResponder()
        // The server's own words are of interest only when something is wrong.
        var quiet = logger
        quiet.logLevel = max(.warning, logger.logLevel)
        let channel = HTTP1Channel { [logger, quiet] request, writer, channel in
            let context = Context(source: ApplicationRequestContextSource(channel: channel, logger: quiet))
            var response = try await responder.respond(to: request, context: context)
            if let release = Release.field { response.headers[release] = Release.version }
            if request.method != .get { await ControlServer.note(request, response, channel, logger) }
            try await writer.write(response: response.head, body: response.body)
        }
        try await Server(
            childChannelSetup: GuardedChannel(base: channel, connections: ConnectionTable()),
            configuration: ServerConfiguration(address: .unixDomainSocket(path: socket.string), backlog: 1024),
            onServerRunning: { [socket, mode, onReady] _ in
                // Until here the process's umask kept everybody but us out.
                _ = socket.withPlatformString { chmod($0, mode) }
                onReady()
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: quiet
        ).run()
    }

    /// Tells the journal who asked for a change, and whether it was done.
    private static func note(
        _ request: Request,
        _ response: Response,
        _ channel: any Channel,
        _ logger: Logger
    ) async {
        var metadata = await Peer(of: channel)?.metadata ?? [:]
        metadata["method"] = "\(request.method.rawValue)"
        metadata["request"] = "\(request.uri.path)"
        metadata["status"] = "\(response.status.code)"
        logger.info("A change was asked for", metadata: metadata)
    }

    var router: Router<Context> {
        let router = Router(context: Context.self)
        router.add(middleware: ProblemMiddleware(logger: logger))
        router.add(middleware: ContractMiddleware())
        OpenAPIRoute().register(on: router)
        MetricsRoute(state: state).register(on: router)
        HealthRoute(state: state).register(on: router)
        VersionRoute().register(on: router)
        StatusRoute(state: state).register(on: router)
        StatsRoute(state: state).register(on: router)
        LibrariesRoute(state: state).register(on: router)
        ScanRoute(state: state).register(on: router)
        JobsRoute(state: state).register(on: router)
        JobLogRoute(state: state).register(on: router)
        JobOrdersRoute(state: state).register(on: router)
        PruneRoute(state: state).register(on: router)
        ConfigRoute(state: state).register(on: router)
        ReloadRoute(reloader: reloader).register(on: router)
        QueueRoute(state: state, logger: logger).register(on: router)
        LibraryPurgeRoute(state: state, logger: logger).register(on: router)
        LibraryPauseRoute(state: state, logger: logger).register(on: router)
        AnalyzeRoute(state: state).register(on: router)
        BackupRoute(state: state).register(on: router)
        EventsRoute(state: state).register(on: router)
        SeriesRoute(state: state).register(on: router)
        BooksRoute(state: state).register(on: router)
        ThumbnailRoute(state: state).register(on: router)
        ConvertRoute(state: state).register(on: router)
        OriginalsRoute(state: state).register(on: router)
        SearchRoute(state: state).register(on: router)
        ProblemsRoute(state: state).register(on: router)
        DuplicatesRoute(state: state).register(on: router)
        ExplainRoute(state: state).register(on: router)
        FlushRoute(state: state).register(on: router)
        MissingRoute(state: state).register(on: router)
        MissingPurgeRoute(state: state, logger: logger).register(on: router)
        return router
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

extension Release {
    /// The header's name as the server writes it.
    fileprivate static let field = HTTPFields.Element.Name(header)
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
