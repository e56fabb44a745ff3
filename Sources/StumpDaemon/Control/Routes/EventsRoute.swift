// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore
import NIOCore
import ServiceLifecycle

/// What happens, as it happens: one JSON object a line, until the client goes or the daemon stops.
struct EventsRoute {
    /// Kept events that are read at once.
    private static let pageSize = 500

    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.events) { request, _ in
            let query = try RequestQuery(request, knows: ["since", "type"])
            let since = try query.integer("since")
            let wanted = try query.events("type")
            return Response(
                status: .ok,
                headers: [.contentType: "application/x-ndjson"],
                body: ResponseBody { writer in
                    var output = writer
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await send(since: since, wanted: wanted, to: &output)
                    }
                    try await writer.finish(nil)
                }
            )
        }
    }

    private func send(since: Int64?, wanted: EventSelection?, to writer: inout any ResponseBodyWriter) async throws {
        // Listening begins before the kept ones are read; what comes twice is told by its id.
        let feed = state.store.events.listen().cancelOnGracefulShutdown()
        var last = since ?? 0
        while since != nil {
            let kept = try await state.store.events(after: last, limit: EventsRoute.pageSize)
            // After reading: what is forgotten in between is told of once too often, and not once too seldom.
            if try await state.store.lacksEvents(after: last) {
                try await writer.write(EventsRoute.reset("forgotten"))
                last = 0
            }
            for event in kept where wanted?.contains(event.type) ?? true { try await writer.write(event.line) }
            guard let newest = kept.last?.id else { break }
            last = newest
        }
        // An empty line, which a reader of JSON lines passes over: it is listening from here on.
        try await writer.write(ByteBuffer(string: "\n"))
        for await item in feed {
            switch item {
            case .event(let event):
                guard event.id ?? .max > last, wanted?.contains(event.type) ?? true else { continue }
                try await writer.write(event.line)
            case .reset:
                try await writer.write(EventsRoute.reset("overflow"))
            }
        }
    }

    /// Says that events were left out; nothing follows after `overflow`, and what is left after `forgotten`.
    private static func reset(_ reason: String) -> ByteBuffer {
        ByteBuffer(string: "{\"type\":\"reset\",\"data\":{\"reason\":\"\(reason)\"}}\n")
    }
}

extension CatalogEvent {
    /// The event as the API's object; `data` is JSON already, and is not parsed again.
    fileprivate var line: ByteBuffer {
        let id = id.map(String.init) ?? "null"
        let job = job.map(String.init) ?? "null"
        let library = library.map { "\"\($0)\"" } ?? "null"
        return ByteBuffer(
            string: "{\"at\":\"\(at.rfc3339)\",\"data\":\(data),\"id\":\(id),\"job\":\(job),\"library\":\(library),"
                + "\"type\":\"\(type.rawValue)\"}\n"
        )
    }
}
