// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import NIOCore
import Synchronization

/// How events are written: as lines of JSON, or as Server-Sent Events.
///
/// Source: HTML Living Standard, 9.2 "Server-sent events".
enum EventForm: Equatable {
    case lines
    case serverSent

    /// By what the client accepts.
    init(accept: String?) {
        self = accept?.lowercased().contains("text/event-stream") == true ? .serverSent : .lines
    }

    var contentType: String {
        self == .lines ? "application/x-ndjson" : "text/event-stream"
    }

    /// Says that from here on everything is told; a reader of either form passes over it.
    var listening: ByteBuffer {
        ByteBuffer(string: self == .lines ? "\n" : ": listening\n\n")
    }

    func text(_ event: CatalogEvent) -> ByteBuffer {
        switch self {
        case .lines: ByteBuffer(string: event.json + "\n")
        case .serverSent:
            // Without an id a browser goes on after the last that was kept.
            ByteBuffer(
                string: (event.id.map { "id: \($0)\n" } ?? "")
                    + "event: \(event.type.rawValue)\ndata: \(event.json)\n\n"
            )
        }
    }

    /// Says that events were left out; nothing follows after `overflow`, and what is left after `forgotten`.
    func reset(_ reason: String) -> ByteBuffer {
        let json = "{\"type\":\"reset\",\"data\":{\"reason\":\"\(reason)\"}}"
        return ByteBuffer(string: self == .lines ? json + "\n" : "event: reset\ndata: \(json)\n\n")
    }
}

extension CatalogEvent {
    /// The event as the API's object, in one line; `data` is JSON already, and is not parsed again.
    fileprivate var json: String {
        let id = id.map(String.init) ?? "null"
        let job = job.map(String.init) ?? "null"
        let library = library.map { "\"\($0)\"" } ?? "null"
        return "{\"at\":\"\(at.rfc3339)\",\"data\":\(data),\"id\":\(id),\"job\":\(job),\"library\":\(library),"
            + "\"type\":\"\(type.rawValue)\"}"
    }
}

/// The streams of events that are open, of which there may be so many.
final class StreamCount: Sendable {
    static let most = 512

    private let open = Mutex(0)

    var hasRoom: Bool { open.withLock { $0 < StreamCount.most } }

    func begin() {
        open.withLock { $0 += 1 }
    }

    func end() {
        open.withLock { $0 -= 1 }
    }
}
