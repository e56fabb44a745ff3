// SPDX-License-Identifier: MIT

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
        case .pages(var analysis):
            analysis.findings = analysis.findings.shortened
            short.outcome = .pages(analysis)
        case .sidecar(var facts):
            facts.findings = facts.findings.shortened
            facts.book = facts.book.shortened(toBytes: packetLimit / 4)
            facts.series = facts.series.shortened(toBytes: packetLimit / 4)
            facts.findings.append(Finding(.metadataInvalid, "what it says is longer than 64 KiB and was cut"))
            short.outcome = .sidecar(facts)
        case .notConverted(let findings): short.outcome = .notConverted(findings.shortened)
        case .notWritten(let finding): short.outcome = .notWritten([finding].shortened[0])
        case .elsewhere, .converted, .compared: break
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
