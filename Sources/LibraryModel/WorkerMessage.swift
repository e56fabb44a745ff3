// SPDX-License-Identifier: MIT

/// A worker's first packet: which of its walls stand.
///
/// Either may be missing where the kernel lacks it; everything else of the sandbox holds, or the worker ends at once.
package struct WorkerHello: Equatable, Sendable {
    package var landlock: Bool
    package var seccomp: Bool

    package init(landlock: Bool, seccomp: Bool) {
        self.landlock = landlock
        self.seccomp = seccomp
    }
}

/// One thing asked of a worker; the descriptors travel beside it.
package struct WorkRequest: Equatable, Sendable {
    package enum Task: Equatable, Sendable {
        /// Tell what the book is. Descriptors: the book, open for reading.
        ///
        /// `checksParts` asks for a proof that every entry's own header is there, not only the end: of a young file
        /// the middle may still be coming.
        case facts(readsMetadata: Bool, checksParts: Bool)

        /// Make a thumbnail. Descriptors: the book, open for reading; an empty file, open for writing.
        case thumbnail(ThumbnailSettings)
    }

    /// Chosen by the daemon; the report bears it again.
    package var id: UInt32
    package var task: Task

    /// The format that the file's name promises; what the bytes say wins.
    package var promised: MediaFormat

    package init(id: UInt32, task: Task, promised: MediaFormat) {
        self.id = id
        self.task = task
        self.promised = promised
    }

    /// How many descriptors belong to this request.
    package var descriptorCount: Int {
        switch task {
        case .facts: 1
        case .thumbnail: 2
        }
    }
}

/// A worker's answer to one request.
package struct WorkReport: Equatable, Sendable {
    package enum Outcome: Equatable, Sendable {
        case facts(BookFacts)

        /// The thumbnail is written whole. The findings name pages before it that did not decode.
        case thumbnail(width: Int, height: Int, findings: [Finding])

        /// No thumbnail can be made, and why.
        case noThumbnail([Finding])
    }

    package var id: UInt32
    package var outcome: Outcome

    package init(id: UInt32, outcome: Outcome) {
        self.id = id
        self.outcome = outcome
    }
}

/// How daemon and workers speak: packets on a `SOCK_SEQPACKET` pair.
///
/// A worker confines itself, says so in a ``WorkerHello``, and serves until the daemon closes its end. The daemon sends
/// several requests a packet, with the descriptors of all of them in order as one `SCM_RIGHTS` message; the worker
/// answers each with a packet of its own, in order.
package enum WorkerProtocol {
    /// The largest packet either side sends, in bytes.
    ///
    /// A report that would be larger loses its longest facts.
    package static let packetLimit = 65_536

    /// The most requests in one packet; `SCM_RIGHTS` carries at most 253 descriptors.
    package static let requestLimit = 32

    /// The descriptor number at which a worker finds its socket.
    package static let descriptor: Int32 = 3

    /// One byte: bit 0 for Landlock, bit 1 for seccomp.
    package static func encode(_ hello: WorkerHello) -> [UInt8] {
        [(hello.landlock ? 1 : 0) | (hello.seccomp ? 2 : 0)]
    }

    package static func hello(in packet: [UInt8]) throws(WireFault) -> WorkerHello {
        guard packet.count == 1, packet[0] < 4 else { throw .malformed }
        return WorkerHello(landlock: packet[0] & 1 != 0, seccomp: packet[0] & 2 != 0)
    }

    package static func encode(_ requests: [WorkRequest]) -> [UInt8] {
        precondition(requests.count <= requestLimit, "\(requests.count) requests are more than a packet takes")
        var writer = WireWriter()
        writer.write(UInt8(requests.count))
        for request in requests { request.write(to: &writer) }
        return writer.bytes
    }

    package static func requests(in packet: [UInt8]) throws(WireFault) -> [WorkRequest] {
        var reader = WireReader(packet)
        var requests: [WorkRequest] = []
        for _ in 0..<(try reader.byte()) { requests.append(try WorkRequest(from: &reader)) }
        return requests
    }

    /// Encodes a report so that it fits a packet: long texts are cut, then facts left out, before the report is lost.
    package static func encode(_ report: WorkReport) -> [UInt8] {
        let bytes = bytes(of: report)
        guard bytes.count > packetLimit else { return bytes }
        var short = report
        switch report.outcome {
        case .facts(var facts):
            facts.findings = facts.findings.shortened
            facts.metadata = facts.metadata.shortened(toBytes: packetLimit / 2)
            facts.findings.append(Finding(.metadataInvalid, "the metadata is longer than 64 KiB and was cut"))
            short.outcome = .facts(facts)
        case .thumbnail(let width, let height, let findings):
            short.outcome = .thumbnail(width: width, height: height, findings: findings.shortened)
        case .noThumbnail(let findings): short.outcome = .noThumbnail(findings.shortened)
        }
        return Self.bytes(of: short)
    }

    package static func report(in packet: [UInt8]) throws(WireFault) -> WorkReport {
        var reader = WireReader(packet)
        return try WorkReport(from: &reader)
    }

    private static func bytes(of report: WorkReport) -> [UInt8] {
        var writer = WireWriter()
        report.write(to: &writer)
        return writer.bytes
    }
}

extension WorkRequest {
    fileprivate func write(to writer: inout WireWriter) {
        writer.write(id)
        writer.write(promised.rawValue)
        switch task {
        case .facts(let readsMetadata, let checksParts):
            writer.write(UInt8(0))
            writer.write(UInt8(readsMetadata ? 1 : 0))
            writer.write(UInt8(checksParts ? 1 : 0))
        case .thumbnail(let settings):
            writer.write(UInt8(1))
            switch settings.size {
            case .fit(let width, let height):
                writer.write(UInt8(0))
                writer.write(Int64(width))
                writer.write(Int64(height))
            case .scale(let factor):
                writer.write(UInt8(1))
                writer.write(factor)
            }
            writer.write(Int64(settings.quality))
            writer.write(Int64(settings.effort))
        }
    }

    fileprivate init(from reader: inout WireReader) throws(WireFault) {
        id = try reader.word()
        guard let format = MediaFormat(rawValue: try reader.text()) else { throw .malformed }
        promised = format
        switch try reader.byte() {
        case 0: task = .facts(readsMetadata: try reader.byte() == 1, checksParts: try reader.byte() == 1)
        case 1:
            let size: ThumbnailSettings.Size =
                switch try reader.byte() {
                case 0: .fit(width: Int(try reader.integer()), height: Int(try reader.integer()))
                case 1: .scale(try reader.decimal())
                default: throw .malformed
                }
            let quality = Int(try reader.integer())
            task = .thumbnail(ThumbnailSettings(size: size, quality: quality, effort: Int(try reader.integer())))
        default: throw .malformed
        }
    }
}

extension WorkReport {
    fileprivate func write(to writer: inout WireWriter) {
        writer.write(id)
        switch outcome {
        case .facts(let facts):
            writer.write(UInt8(0))
            facts.write(to: &writer)
        case .thumbnail(let width, let height, let findings):
            writer.write(UInt8(1))
            writer.write(Int64(width))
            writer.write(Int64(height))
            writer.write(findings)
        case .noThumbnail(let findings):
            writer.write(UInt8(2))
            writer.write(findings)
        }
    }

    fileprivate init(from reader: inout WireReader) throws(WireFault) {
        id = try reader.word()
        switch try reader.byte() {
        case 0: outcome = .facts(try BookFacts(from: &reader))
        case 1:
            let width = try reader.count()
            let height = try reader.count()
            outcome = .thumbnail(width: width, height: height, findings: try reader.findings())
        case 2: outcome = .noThumbnail(try reader.findings())
        default: throw .malformed
        }
    }
}

extension BookFacts {
    fileprivate func write(to writer: inout WireWriter) {
        writer.write(format?.rawValue ?? "")
        writer.write(Int64(pages))
        writer.write(fingerprint?.bytes ?? [])
        writer.write(UInt8(endIsPresent ? 1 : 0))
        writer.write(findings)
        writer.write(UInt8(metadata.facts.count))
        for (field, fact) in metadata.facts {
            writer.write(field.rawValue)
            writer.write(fact.source.rawValue)
            switch fact.value {
            case .text(let text): writer.write(text)
            case .list(let list):
                writer.write(UInt32(list.count))
                for item in list { writer.write(item) }
            case .integer(let integer): writer.write(Int64(integer))
            case .decimal(let decimal): writer.write(decimal)
            }
        }
    }

    fileprivate init(from reader: inout WireReader) throws(WireFault) {
        format = MediaFormat(rawValue: try reader.text())
        pages = try reader.count()
        fingerprint = Fingerprint(bytes: try reader.bytes())
        endIsPresent = try reader.byte() == 1
        findings = try reader.findings()
        for _ in 0..<(try reader.byte()) {
            guard let field = MetadataField(rawValue: try reader.text()),
                let source = MetadataSource(rawValue: try reader.text())
            else { throw .malformed }
            metadata.note(field, try reader.value(of: field.shape), from: source)
        }
    }
}

extension WireWriter {
    fileprivate mutating func write(_ findings: [Finding]) {
        write(UInt32(findings.count))
        for finding in findings {
            write(finding.problem.rawValue)
            write(finding.detail)
        }
    }
}

extension WireReader {
    fileprivate mutating func count() throws(WireFault) -> Int {
        let count = Int(try integer())
        guard count >= 0 else { throw .malformed }
        return count
    }

    fileprivate mutating func findings() throws(WireFault) -> [Finding] {
        var findings: [Finding] = []
        for _ in 0..<(try word()) {
            guard let problem = ProblemClass(rawValue: try text()) else { throw .malformed }
            findings.append(Finding(problem, try text()))
        }
        return findings
    }

    fileprivate mutating func value(of shape: MetadataField.Shape) throws(WireFault) -> BookMetadata.Value {
        switch shape {
        case .text: return .text(try text())
        case .list:
            var list: [String] = []
            for _ in 0..<(try word()) { list.append(try text()) }
            return .list(list)
        case .integer: return .integer(Int(try integer()))
        case .decimal: return .decimal(try decimal())
        }
    }
}

extension BookMetadata {
    /// The facts that fit a budget: texts cut to 12,000 bytes, lists to 150 items of 200, then the largest left out.
    fileprivate func shortened(toBytes budget: Int) -> BookMetadata {
        var sized: [(size: Int, field: MetadataField, value: Value, source: MetadataSource)] = []
        for (field, fact) in facts {
            let value: Value =
                switch fact.value {
                case .text(let text): .text(text.cut(toBytes: 12_000))
                case .list(let list): .list(list.prefix(150).map { $0.cut(toBytes: 200) })
                case .integer, .decimal: fact.value
                }
            sized.append((value.byteCount, field, value, fact.source))
        }
        var shortened = BookMetadata()
        var left = budget
        for fact in sized.sorted(by: { $0.size < $1.size }) where fact.size <= left {
            left -= fact.size
            shortened.note(fact.field, fact.value, from: fact.source)
        }
        return shortened
    }
}

extension BookMetadata.Value {
    fileprivate var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .list(let list): list.reduce(0) { $0 + $1.utf8.count + 4 }
        case .integer, .decimal: 8
        }
    }
}

extension [Finding] {
    fileprivate var shortened: [Finding] {
        prefix(20).map { Finding($0.problem, $0.detail.cut(toBytes: 500)) }
    }
}

extension String {
    /// The text's beginning, of whole scalars; a *character* has no longest number of bytes.
    fileprivate func cut(toBytes limit: Int) -> String {
        var cut = String.UnicodeScalarView()
        var left = limit
        for scalar in unicodeScalars {
            left -= UTF8.width(scalar)
            if left < 0 { break }
            cut.append(scalar)
        }
        return String(cut)
    }
}
