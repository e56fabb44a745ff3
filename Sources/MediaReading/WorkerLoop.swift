// SPDX-License-Identifier: MIT
import CLinux
import Glibc
package import LibraryModel

/// Serves the daemon at the other end of a socket, one request after the other.
///
/// A request never fails: what is wrong with a book is part of its report. What is thrown ends the worker.
package struct WorkerLoop {
    /// Seconds of processor time a request may use, or where it is about all pages one page, or a piece of one; the
    /// daemon's patience on the wall clock is shorter.
    private static let processorTime: UInt32 = 120

    private let socket: Int32
    private let profile: WorkerProfile
    private let hello: WorkerHello

    /// - Parameters:
    ///   - socket: the daemon's other end.
    ///   - profile: which books this worker reads; of others it says that they are for somebody else.
    ///   - hello: which walls stand. Pages of PDF are drawn only behind Landlock.
    package init(socket: Int32, profile: WorkerProfile, hello: WorkerHello) {
        self.socket = socket
        self.profile = profile
        self.hello = hello
    }

    /// Greets, then answers requests until the other end is closed.
    ///
    /// Throws where the socket is none, or the daemon's packets are not what ``WorkerProtocol`` says.
    package func serve() throws(WorkerFault) {
        try send(WorkerProtocol.encode(hello))
        var buffer = [UInt8](repeating: 0, count: WorkerProtocol.packetLimit)
        var descriptors = [Int32](repeating: -1, count: WorkerProtocol.requestLimit * 2)
        while true {
            var count = descriptors.count
            let length = clinux_receive(socket, &buffer, buffer.count, &descriptors, &count)
            guard length >= 0 else { throw .socket(code: Int32(-length)) }
            guard length > 0 else { return }
            guard let requests = try? WorkerProtocol.requests(in: Array(buffer[..<length])) else { throw .packet }
            try answer(requests, descriptors[..<count])
        }
    }

    private func answer(_ requests: [WorkRequest], _ descriptors: ArraySlice<Int32>) throws(WorkerFault) {
        guard descriptors.count == requests.reduce(0, { $0 + $1.descriptorCount }) else { throw .packet }
        var rest = descriptors
        for request in requests {
            let own = Array(rest.prefix(request.descriptorCount))
            rest = rest.dropFirst(own.count)
            Self.allowTime()
            let report = WorkReport(id: request.id, outcome: outcome(of: request, own))
            for descriptor in own { close(descriptor) }
            try send(WorkerProtocol.encode(report))
        }
    }

    private func outcome(of request: WorkRequest, _ descriptors: [Int32]) -> WorkReport.Outcome {
        let book = BookReader(descriptor: descriptors[0], promised: request.promised)
        if let wanted = book.profile, wanted != profile { return .elsewhere(wanted) }
        switch request.task {
        case .facts(let readsMetadata, let checksParts, let hashes):
            return .facts(book.facts(readsMetadata: readsMetadata, checksParts: checksParts, hashes: hashes))
        case .thumbnail where !drawsPages: return .noThumbnail([Self.withoutLandlock])
        case .pages where !drawsPages:
            var analysis = PageAnalysis()
            analysis.findings = [Self.withoutLandlock]
            return .pages(analysis)
        case .thumbnail(let settings): return book.thumbnail(settings, writingTo: descriptors[1])
        case .pages: return .pages(book.pages(pace: Self.allowTime))
        case .sidecar(let kind): return .sidecar(SidecarReader(kind).facts(behind: descriptors[0]))
        case .conversion(let room):
            return book.convert(room: room, writingTo: descriptors[1], pace: Self.allowTime)
        case .comparison: return book.compare(with: descriptors[1], pace: Self.allowTime)
        }
    }

    private static func allowTime() {
        clinux_allow_processor_time(processorTime)
    }

    private var drawsPages: Bool { hello.landlock || profile != .pdf }

    private static let withoutLandlock = Finding(
        .unsupportedFormat,
        "pages of PDF are drawn only where the kernel has Landlock"
    )

    private func send(_ packet: [UInt8]) throws(WorkerFault) {
        let sent = clinux_send(socket, packet, packet.count, nil, 0)
        guard sent == packet.count else { throw .socket(code: Int32(-sent)) }
    }
}

/// Why a worker cannot go on.
package enum WorkerFault: Error, CustomStringConvertible {
    case socket(code: Int32)
    case packet

    package var description: String {
        switch self {
        case .socket(let code):
            "cannot speak on descriptor \(WorkerProtocol.descriptor): \(String(cString: strerror(code)));"
                + " stump-worker is started by stumpd"
        case .packet: "a packet came that is none of stumpd's"
        }
    }
}
