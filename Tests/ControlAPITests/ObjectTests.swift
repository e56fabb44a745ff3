// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@Suite("The API's objects keep the promises of their JSON")
struct ObjectTests {
    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try ControlJSON.encode(value), as: UTF8.self)
    }

    private func decode<Value: Decodable>(_: Value.Type, _ text: String) throws -> Value {
        try ControlJSON.decode(Value.self, from: text.utf8)
    }

    private let book = BookSummary(
        id: 9_007_199_254_740_993,
        library: "comics",
        name: "Saga 1",
        path: "Saga/1.cbz",
        format: "cbz",
        sizeBytes: 9_223_372_036_854_775_807,
        state: "ready",
        addedAt: "2025-11-23T20:00:00.000Z",
        updatedAt: "2025-11-23T20:00:00.000Z",
        metadata: MetadataSummary()
    )

    @Test func `an absent fact is null and an absent list is empty`() throws {
        let metadata = try decode(JSONValue.self, text(MetadataSummary()))
        guard case .object(let fields) = metadata else { throw NotAnObject() }
        #expect(fields.count == 38)
        #expect(fields["sort_title"] == .null)
        #expect(fields["community_rating"] == .null)
        #expect(fields["cover_artists"] == .array([]))
        #expect(fields["sources"] == .object([:]))
    }

    @Test func `names are in snake case, keys sorted, slashes bare`() throws {
        let request = ScanRequest(paths: ["/srv/comics"], acceptLosses: true)
        #expect(
            try text(request)
                == #"{"accept_losses":true,"dry_run":false,"force":false,"hashes":false,"metadata":false,"#
                + #""paths":["/srv/comics"],"thumbnails":false}"#
        )
        #expect(
            try text(LibraryCounts(series: 1, books: 2, missing: 3, ignored: 4, pending: 5, problems: 6, sizeBytes: 7))
                == #"{"books":2,"ignored":4,"missing":3,"pending":5,"problems":6,"series":1,"size_bytes":7}"#
        )
    }

    @Test func `a path's bytes are told only where it is not UTF-8`() throws {
        #expect(try !text(book).contains("path_bytes"))
        var odd = book
        odd.pathBytes = "L/8="
        #expect(try text(odd).contains(#""path_bytes":"L/8=""#))
        #expect(try decode(BookSummary.self, text(odd)) == odd)
    }

    @Test func `integers of any size are exact`() throws {
        #expect(try text(book).contains(#""id":9007199254740993,"#))
        #expect(try decode(BookSummary.self, text(book)) == book)
        let value = try decode(JSONValue.self, #"{"a":[9007199254740993,-1,1.5,true,null,"1"]}"#)
        let items: [JSONValue] = [.integer(9_007_199_254_740_993), .integer(-1), .decimal(1.5), .bool(true), .null]
        #expect(value == .object(["a": .array(items + [.string("1")])]))
        #expect(try text(value) == #"{"a":[9007199254740993,-1,1.5,true,null,"1"]}"#)
    }

    @Test func `an event carries any object of the API`() throws {
        let event = EventRecord(id: 7, at: "2025-11-23T20:00:00.000Z", type: "book.added", data: try JSONValue(book))
        #expect(try decode(EventRecord.self, text(event)) == event)
        #expect(try text(event).contains(#""job":null,"library":null"#))
    }

    @Test func `a field that an older daemon leaves out is nil`() throws {
        let warning = try decode(Warning.self, #"{"code":"a","detail":"b","added_later":1}"#)
        #expect(warning == Warning(code: "a", detail: "b"))
    }

    @Test func `a fact of the wrong type is refused`() {
        #expect(throws: DecodingError.self) {
            try decode(Warning.self, #"{"code":"a","detail":"b","hint":1}"#)
        }
    }

    @Test func `a request may leave everything out, but not ask for what is not there`() throws {
        #expect(try decode(ScanRequest.self, "{}") == ScanRequest())
        #expect(try decode(FlushRequest.self, "{}") == FlushRequest(timeoutSeconds: 60))
        #expect {
            try decode(ScanRequest.self, #"{"force":true,"dry":true}"#)
        } throws: { error in
            "\(error)".contains("there is no field named dry")
        }
        #expect(throws: DecodingError.self) { try decode(AnalyzeRequest.self, #"{"force":true}"#) }
        #expect(throws: DecodingError.self) { try decode(PruneRequest.self, #"{"older_than":"30d"}"#) }
    }

    @Test func `every wish of a scan has its field`() throws {
        let wish = #"{"paths":["/a"],"force":true,"metadata":true,"hashes":true,"thumbnails":true,"mode":"sync","#
        let request = try decode(ScanRequest.self, wish + #""dry_run":true,"accept_losses":true}"#)
        #expect(
            request
                == ScanRequest(
                    paths: ["/a"],
                    force: true,
                    acceptLosses: true,
                    metadata: true,
                    hashes: true,
                    thumbnails: true,
                    mode: "sync",
                    dryRun: true
                )
        )
        #expect(try decode(ScanRequest.self, text(request)) == request)
        #expect(try decode(PruneRequest.self, "{}").olderThanSeconds == nil)
        #expect(try text(PruneRequest(olderThanSeconds: 60)) == #"{"older_than_seconds":60}"#)
    }

    @Test func `a job tells why it waits, what it does again and when, also where that is nothing`() throws {
        let job = JobSummary(
            id: 13,
            kind: "library_scan",
            state: "queued",
            trigger: "retry",
            priority: 0,
            options: JobOptions(mode: "sync"),
            createdAt: "",
            attempt: 2,
            merged: 0,
            notBefore: "2025-11-23T20:00:00.000Z",
            retryOf: 12,
            reason: "after an error: disk full",
            highlights: JobHighlights(added: ["Saga/1.cbz"])
        )
        let json = try text(job)
        #expect(json.contains(#""not_before":"2025-11-23T20:00:00.000Z""#))
        #expect(json.contains(#""retry_of":12"#))
        #expect(json.contains(#""highlights":{"added":["Saga/1.cbz"],"failed":[],"#))
        #expect(json.contains(#""mode":"sync""#))
        #expect(try decode(JobSummary.self, json) == job)
        var plain = job
        (plain.notBefore, plain.retryOf, plain.reason, plain.highlights) = (nil, nil, nil, nil)
        #expect(try text(plain).contains(#""highlights":null"#))
        #expect(try text(plain).contains(#""not_before":null"#))
        #expect(try decode(JobSummary.self, text(plain)) == plain)
    }

    @Test func `a queue runs unless it says otherwise, and says why not`() throws {
        #expect(
            try text(QueueSummary(queued: 1, running: 2, paused: 3))
                == #"{"paused":3,"queued":1,"reason":null,"running":2,"state":"running"}"#
        )
        let schedule = ScheduleSummary(name: "backup", spec: "daily", nextRunAt: "2025-11-24T03:30:00.000Z")
        #expect(try text(schedule).contains(#""last_run_at":null,"library":null,"name":"backup","next_run_at":"2025"#))
    }

    @Test func `a job is finished in three of its states`() throws {
        let job = {
            JobSummary(
                id: 1,
                kind: "library_scan",
                state: $0,
                trigger: "user",
                priority: 0,
                options: JobOptions(),
                createdAt: "",
                attempt: 1,
                merged: 0
            )
        }
        let finished = ["queued", "running", "paused", "completed", "cancelled", "failed"].filter { job($0).isFinished }
        #expect(finished == ["completed", "cancelled", "failed"])
    }

    private struct NotAnObject: Error {}
}
