// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Testing

/// An event that came after a step of a test.
struct Told {
    let event: EventRecord

    /// From the step's end to the time that the event bears.
    let delay: Duration
}

extension RunningDaemon {
    /// Does something, and waits until the daemon tells of a thing of that kind, of one library or of all.
    func told(
        of type: String,
        in library: String? = nil,
        after step: () async throws -> Void
    ) async throws -> Told {
        var told: Told?
        var done = Date.now
        try await client.eachLine(of: ControlRequest(.events, query: ["type": type])) {
            try await step()
            done = .now
        } _: { line in
            let event = try ControlJSON.decode(EventRecord.self, from: line.utf8)
            guard library == nil || event.library == library else { return true }
            told = Told(event: event, delay: .seconds(try Date(rfc3339: event.at).timeIntervalSince(done)))
            return false
        }
        return try #require(told, "the daemon ended before it told of \(type)")
    }

    /// Does something, and waits until a condition holds; it is looked at after each event of the types given.
    func holds(
        at types: String,
        after step: () async throws -> Void = {},
        when condition: () async throws -> Bool
    ) async throws {
        do {
            try await client.eachLine(of: ControlRequest(.events, query: ["type": types])) {
                try await step()
                if try await condition() { throw Enough() }
            } _: { _ in
                if try await condition() { throw Enough() }
                return true
            }
            Issue.record("the daemon ended before the condition held")
        } catch is Enough {}
    }

    /// Ends a stream that may have nothing more to tell.
    private struct Enough: Error {}

    /// Flushes until a condition holds that no event tells of; the time limit of the test ends it.
    func flush(until condition: (DaemonStatus) -> Bool) async throws {
        while true {
            let status = try await status()
            if condition(status) { return }
            try Task.checkCancellation()
            try await settle()
        }
    }
}

extension Date {
    /// The time that the daemon's events and log lines bear.
    init(rfc3339 text: String) throws {
        self = try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
    }
}
