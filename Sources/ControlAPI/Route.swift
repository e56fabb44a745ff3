// SPDX-License-Identifier: MIT

/// One address of the API: what the client asks for and the server answers.
package struct Route: Hashable, Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package let method: Method

    /// The path, with `{id}` or `{name}` where a request puts its argument.
    package let template: String

    private init(_ method: Method, _ template: String) {
        self.method = method
        self.template = template
    }

    package static let health = Route(.get, "/v1/health")
    package static let version = Route(.get, "/v1/version")
    package static let status = Route(.get, "/v1/status")
    package static let config = Route(.get, "/v1/config")
    package static let reload = Route(.post, "/v1/reload")
    package static let stats = Route(.get, "/v1/stats")
    package static let metrics = Route(.get, "/v1/metrics")
    package static let openAPI = Route(.get, "/v1/openapi.json")
    package static let libraries = Route(.get, "/v1/libraries")
    package static let library = Route(.get, "/v1/libraries/{name}")
    package static let scan = Route(.post, "/v1/libraries/{name}/scan")
    package static let analyze = Route(.post, "/v1/libraries/{name}/analyze")
    package static let pauseLibrary = Route(.post, "/v1/libraries/{name}/pause")
    package static let resumeLibrary = Route(.post, "/v1/libraries/{name}/resume")
    package static let purgeLibrary = Route(.post, "/v1/libraries/{name}/purge")
    package static let jobs = Route(.get, "/v1/jobs")
    package static let job = Route(.get, "/v1/jobs/{id}")
    package static let jobLog = Route(.get, "/v1/jobs/{id}/log")
    package static let cancelJob = Route(.post, "/v1/jobs/{id}/cancel")
    package static let pauseJob = Route(.post, "/v1/jobs/{id}/pause")
    package static let resumeJob = Route(.post, "/v1/jobs/{id}/resume")
    package static let retryJob = Route(.post, "/v1/jobs/{id}/retry")
    package static let pruneJobs = Route(.post, "/v1/jobs/prune")
    package static let pauseQueue = Route(.post, "/v1/queue/pause")
    package static let resumeQueue = Route(.post, "/v1/queue/resume")
    package static let events = Route(.get, "/v1/events")
    package static let series = Route(.get, "/v1/series")
    package static let oneSeries = Route(.get, "/v1/series/{id}")
    package static let books = Route(.get, "/v1/books")
    package static let book = Route(.get, "/v1/books/{id}")
    package static let thumbnail = Route(.get, "/v1/books/{id}/thumbnail")
    package static let convert = Route(.post, "/v1/books/{id}/convert")
    package static let unconvert = Route(.post, "/v1/books/{id}/unconvert")
    package static let originals = Route(.get, "/v1/originals")
    package static let removeOriginals = Route(.post, "/v1/originals/remove")
    package static let search = Route(.get, "/v1/search")
    package static let problems = Route(.get, "/v1/problems")
    package static let duplicates = Route(.get, "/v1/duplicates")
    package static let explain = Route(.get, "/v1/explain")
    package static let flush = Route(.post, "/v1/flush")
    package static let acceptMissing = Route(.post, "/v1/missing/accept")
    package static let purgeMissing = Route(.post, "/v1/missing/purge")
    package static let backup = Route(.post, "/v1/backup")

    /// The path with `argument` in its place, percent-encoded, so that a name may hold anything.
    package func path(_ argument: String? = nil) -> String {
        guard let open = template.firstIndex(of: "{"), let close = template.firstIndex(of: "}") else { return template }
        precondition(argument != nil, "\(template) needs an argument")
        return template[..<open] + (argument ?? "").percentEncoded + template[template.index(after: close)...]
    }

    package func path(_ id: Int64) -> String {
        path(String(id))
    }
}

extension String {
    /// All but RFC 3986's unreserved characters as `%` and two digits.
    var percentEncoded: String {
        utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
