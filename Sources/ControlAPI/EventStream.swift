// SPDX-License-Identifier: MIT

/// What a reader of events is told who stays over restarts of the daemon.
package enum EventNews: Equatable, Sendable {
    /// From here on everything is told. What was known before may be out of date where no event had an id yet.
    case connected
    /// Events since the last one are no longer known; what was known before may be out of date. The others follow.
    case forgotten
    case event(EventRecord)
    /// The daemon went away; told once, however often it is tried again.
    case lost(ControlFault)
}

/// When to look for a daemon that went away: soon at first, then seldom.
package struct ReconnectPace: Equatable, Sendable {
    package static let shortest = Duration.milliseconds(500)
    package static let longest = Duration.seconds(5)

    /// How long to try before giving up; `nil` for never.
    package let patience: Duration?

    private var next = ReconnectPace.shortest
    private var waited = Duration.zero

    package init(patience: Duration? = nil) {
        self.patience = patience
    }

    /// How long to wait before the next try; `nil` when it is time to give up.
    package mutating func pause() -> Duration? {
        if let patience, waited >= patience { return nil }
        defer {
            waited += next
            next = min(next * 2, ReconnectPace.longest)
        }
        return next
    }
}

extension ControlClient {
    /// Hands over events of some types as they happen, until `body` returns false.
    ///
    /// A daemon that goes away is waited for, and what happened since the last event that was kept is told when it is
    /// back. A daemon that is not there at the beginning, or that refuses, is a fault at once.
    ///
    /// With `since` what happened after that event is told first; without types, all of them are told.
    ///
    /// - Throws: ``ControlFault``, and what `body` throws.
    package func eachEvent(
        of types: [String],
        since: Int64? = nil,
        patience: Duration? = nil,
        clock: some Clock<Duration> = ContinuousClock(),
        _ body: (EventNews) async throws -> Bool
    ) async throws {
        var position = EventPosition(types: types, last: since)
        var pace: ReconnectPace?
        while true {
            do {
                let ending = try await events(from: &position, onOpen: { pace = nil }, body)
                if ending == .enough { return }
                if ending == .reset { continue }
                throw ControlFault.hungUp(socket: socket)
            } catch let fault as ControlFault where fault.mayPass {
                try Task.checkCancellation()
                guard position.hasBegun else { throw fault }
                if pace == nil {
                    pace = ReconnectPace(patience: patience)
                    guard try await body(.lost(fault)) else { return }
                }
                guard let pause = pace?.pause() else { throw fault }
                try await clock.sleep(for: pause)
            }
        }
    }

    private func events(
        from position: inout EventPosition,
        onOpen: () -> Void,
        _ body: (EventNews) async throws -> Bool
    ) async throws -> Ending {
        var ending = Ending.gone
        let request = position.request
        var place = position
        defer { position = place }
        try await eachLine(of: request) {
            place.hasBegun = true
            onOpen()
            if try await !body(.connected) { ending = .enough }
        } _: { line in
            guard ending == .gone else { return false }
            guard let news = try place.absorb(line, of: request) else {
                ending = .reset
                return false
            }
            if try await !body(news) { ending = .enough }
            return ending == .gone
        }
        return ending
    }
}

/// Why one connection ended.
private enum Ending {
    case enough
    /// This reader was too slow, and events were left out: they are read again.
    case reset
    case gone
}

/// How far the events have been read.
private struct EventPosition {
    let types: [String]
    var last: Int64?
    var hasBegun = false

    init(types: [String], last: Int64? = nil) {
        self.types = types
        self.last = last
    }

    var request: ControlRequest {
        let wanted = types.isEmpty ? nil : types.joined(separator: ",")
        return ControlRequest(.events, query: ["since": last.map { String($0) }, "type": wanted])
    }

    /// What a line tells; `nil` for the reset after which nothing follows.
    mutating func absorb(_ line: String, of request: ControlRequest) throws(ControlFault) -> EventNews? {
        do {
            let event = try ControlJSON.decode(EventRecord.self, from: line.utf8)
            last = event.id ?? last
            return .event(event)
        } catch {
            guard let reset = try? ControlJSON.decode(Reset.self, from: line.utf8), reset.type == "reset" else {
                throw .malformed(path: request.path, reason: line)
            }
            if reset.data.reason == "overflow" { return nil }
            // It would be forgotten again.
            last = nil
            return .forgotten
        }
    }
}

/// Says that events were left out.
private struct Reset: Decodable {
    struct Cause: Decodable {
        /// `overflow` of a reader that was too slow, or `forgotten`.
        var reason: String
    }

    var type: String
    var data: Cause
}

extension ControlFault {
    /// Whether the daemon may be there again after a while.
    fileprivate var mayPass: Bool {
        if case .problem(let problem) = self { problem.status == 503 } else { isOfConnection }
    }
}
