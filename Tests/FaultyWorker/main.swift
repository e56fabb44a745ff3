// SPDX-License-Identifier: MIT
import CLinux
import Glibc
import LibraryModel

// A worker for the tests of the pool, which does what the first bytes of a book tell it: `die`, `hang`, or `tire`, which
// is to die unless the book is the first that the process gets. Of one that begins with `eio!` it says that the disk
// failed; at the pages of one that begins with `slow` it hangs. Of every other book that it has two pages, draws the thumbnail `drawn`, and converts it to `converted`.

let socket = WorkerProtocol.descriptor
var buffer = [UInt8](repeating: 0, count: WorkerProtocol.packetLimit)
var descriptors = [Int32](repeating: -1, count: WorkerProtocol.requestLimit * 2)
var served = 0

func send(_ packet: [UInt8]) {
    if clinux_send(socket, packet, packet.count, nil, 0) != packet.count { exit(1) }
}

func beginning(of book: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 4)
    let count = pread(book, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}

let figures = ConversionFigures(entries: 2, pages: 2, bytes: 9, hash: [UInt8](repeating: 7, count: 32))

func answer(_ request: WorkRequest, _ own: [Int32], isFirst: Bool) -> WorkReport.Outcome {
    let output = own.dropFirst().first
    let beginning = beginning(of: own[0])
    switch beginning {
    case "die!": abort()
    case "hang": while true { pause() }
    case "tire" where !isFirst:
        if let output { write(output, "half a picture, ", 16) }
        abort()
    default: break
    }
    switch request.task {
    case .facts:
        var facts = BookFacts()
        facts.pages = 2
        if beginning == "eio!" {
            facts.pages = 0
            facts.findings = [Finding(.unreadable, "reading failed: Input/output error")]
        }
        return .facts(facts)
    case .thumbnail:
        if let output { write(output, "drawn", 5) }
        return .thumbnail(width: 1, height: 1, findings: [])
    case .pages:
        while beginning == "slow" { pause() }
        return .pages(PageAnalysis())
    case .sidecar: return .sidecar(SidecarFacts())
    case .conversion:
        if let output { write(output, "converted", 9) }
        return .converted(figures)
    case .comparison: return .compared(figures)
    }
}

send(WorkerProtocol.encode(WorkerHello(landlock: false, seccomp: false)))
while true {
    var count = descriptors.count
    let length = clinux_receive(socket, &buffer, buffer.count, &descriptors, &count)
    guard length > 0, let requests = try? WorkerProtocol.requests(in: Array(buffer[..<length])) else { exit(0) }
    var rest = descriptors[..<count]
    for request in requests {
        let own = Array(rest.prefix(request.descriptorCount))
        rest = rest.dropFirst(own.count)
        send(WorkerProtocol.encode(WorkReport(id: request.id, outcome: answer(request, own, isFirst: served == 0))))
        served += 1
        for descriptor in own { close(descriptor) }
    }
}
