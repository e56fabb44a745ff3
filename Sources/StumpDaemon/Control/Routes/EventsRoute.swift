// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryStore
import NIOCore
import ServiceLifecycle

/// What happens, as it happens: one JSON object a line, until the client goes or the daemon stops.
///
/// Who accepts `text/event-stream` gets the same as Server-Sent Events.
struct EventsRoute {
    /// Kept events that are read at once.
    private static let pageSize = 500

    private static let lastEventID = HTTPFields.Element.Name("last-event-id")

    let state: DaemonState
    let streams = StreamCount()

    func register(on router: Router<ControlServer.Context>) {
        router.on(.events) { request, _ in
            let query = try RequestQuery(request, knows: ["since", "type"])
            let since = try query.integer("since") ?? lastSeen(request)
            let wanted = try query.events("type")
            let form = EventForm(accept: request.headers[.accept])
            guard streams.hasRoom else { throw RequestFault.tooManyStreams(StreamCount.most) }
            return Response(
                status: .ok,
                headers: [.contentType: form.contentType, .cacheControl: "no-store"],
                body: ResponseBody { [streams] writer in
                    streams.begin()
                    defer { streams.end() }
                    var output = writer
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await send(since: since, wanted: wanted, as: form, to: &output)
                    }
                    try await writer.finish(nil)
                }
            )
        }
    }

    /// What a browser says by itself that comes back.
    private func lastSeen(_ request: Request) throws(RequestFault) -> Int64? {
        guard let name = EventsRoute.lastEventID, let text = request.headers[name] else { return nil }
        guard let id = Int64(text), id >= 0 else {
            throw .invalid(field: "Last-Event-ID", value: text, wanted: "a whole number")
        }
        return id
    }

    private func send(
        since: Int64?,
        wanted: EventSelection?,
        as form: EventForm,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        // Listening begins before the kept ones are read; what comes twice is told by its id.
        let feed = state.store.events.listen().cancelOnGracefulShutdown()
        var last = since ?? 0
        while since != nil {
            let kept = try await state.store.events(after: last, limit: EventsRoute.pageSize)
            // After reading: what is forgotten in between is told of once too often, and not once too seldom.
            if try await state.store.lacksEvents(after: last) {
                try await writer.write(form.reset("forgotten"))
                last = 0
            }
            for event in kept where wanted?.contains(event.type) ?? true { try await writer.write(form.text(event)) }
            guard let newest = kept.last?.id else { break }
            last = newest
        }
        try await writer.write(form.listening)
        for await item in feed {
            switch item {
            case .event(let event):
                guard event.id ?? .max > last, wanted?.contains(event.type) ?? true else { continue }
                try await writer.write(form.text(event))
            case .reset:
                try await writer.write(form.reset("overflow"))
            }
        }
    }
}
