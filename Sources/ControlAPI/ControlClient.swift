// SPDX-License-Identifier: MIT
import NIOCore
import NIOHTTP1

/// Asks the daemon over its socket; each request has a connection of its own.
package struct ControlClient: Sendable {
    package let socket: String

    /// The longest that an answer may take; for a stream, its beginning.
    package let timeout: Duration

    package init(socket: String, timeout: Duration = .seconds(30)) {
        self.socket = socket
        self.timeout = timeout
    }

    /// Sends a request and gathers the answer, of whatever status.
    package func send(
        _ request: ControlRequest,
        timeout: Duration? = nil
    ) async throws(ControlFault) -> ControlResponse {
        do {
            return try await exchange(request, timeout: timeout ?? self.timeout) { head, answer, _ in
                try await ControlResponse(head, gathering: &answer)
            }
        } catch let fault as ControlFault {
            throw fault
        } catch {
            throw .unreachable(socket: socket, reason: "\(error)")
        }
    }

    /// The object that a request is answered with; the daemon's refusal is thrown.
    package func get<Answer: Decodable>(
        _: Answer.Type,
        _ request: ControlRequest,
        timeout: Duration? = nil
    ) async throws(ControlFault) -> Answer {
        let response = try await send(request, timeout: timeout)
        return try response.object(Answer.self, from: request)
    }

    /// Hands over a list page by page, to its end or until `body` returns false.
    package func eachPage<Item: Codable & Equatable & Sendable>(
        of _: Item.Type,
        _ request: ControlRequest,
        _ body: ([Item]) async throws -> Bool
    ) async throws {
        var request = request
        request.query["limit"] = request.query["limit"] ?? "500"
        while true {
            let page = try await get(Page<Item>.self, request)
            guard try await body(page.items), let next = page.next else { return }
            request.query["after"] = String(next)
        }
    }

    /// All of a list.
    package func all<Item: Codable & Equatable & Sendable>(
        _: Item.Type,
        _ request: ControlRequest
    ) async throws -> [Item] {
        var items: [Item] = []
        try await eachPage(of: Item.self, request) { page in
            items += page
            return true
        }
        return items
    }

    /// Hands over an endless answer line by line, until the daemon ends it or `body` returns false.
    ///
    /// The daemon is not read from while `body` works, so a slow reader holds it back instead of filling memory.
    /// `onOpen` is called when the daemon's first bytes are there: what happens from then on is told.
    package func eachLine(
        of request: ControlRequest,
        onOpen: () async throws -> Void = {},
        _ body: (String) async throws -> Bool
    ) async throws {
        try await exchange(request, timeout: timeout) { head, answer, deadline in
            guard head.status == .ok else {
                throw try await ControlResponse(head, gathering: &answer).fault(from: request)
            }
            deadline.cancel()
            var lines = LineSplitter()
            var isOpen = false
            while let chunk = try await answer.next() {
                if !isOpen { try await onOpen() }
                isOpen = true
                for line in lines.absorb(chunk.readableBytesView) {
                    guard try await body(line) else { return }
                }
            }
        }
    }
}

extension ControlResponse {
    fileprivate init(_ head: HTTPResponseHead, gathering answer: inout Answer) async throws {
        status = Int(head.status.code)
        headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
        body = []
        while let chunk = try await answer.next() {
            body.append(contentsOf: chunk.readableBytesView)
        }
    }

    /// The object in the body; what is not an answer of success is thrown.
    package func object<Object: Decodable>(
        _: Object.Type,
        from request: ControlRequest
    ) throws(ControlFault) -> Object {
        guard 200..<300 ~= status else { throw fault(from: request) }
        do {
            return try ControlJSON.decode(Object.self, from: body)
        } catch {
            throw malformed(request, "\(error)")
        }
    }

    /// What the daemon objected to.
    package func fault(from request: ControlRequest) -> ControlFault {
        guard let problem = try? ControlJSON.decode(APIProblem.self, from: body) else {
            return malformed(request, "status \(status) without a problem that is understood")
        }
        if problem.code == APIProblem.noSuchRoute, let other = otherRelease {
            return .otherRelease(path: request.path, daemon: other)
        }
        return .problem(problem)
    }

    private func malformed(_ request: ControlRequest, _ reason: String) -> ControlFault {
        if let other = otherRelease { return .otherRelease(path: request.path, daemon: other) }
        return .malformed(path: request.path, reason: reason)
    }

    /// The daemon's release, where it says that it is not ours.
    private var otherRelease: String? {
        headers[Release.header].flatMap { $0 == Release.version ? nil : $0 }
    }
}
