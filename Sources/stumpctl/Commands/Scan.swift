// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Scan: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for changes in libraries, in all of them or in the ones named.",
        discussion: "Ends with 20 where a scan failed that was waited for, with 21 where it was cancelled."
    )

    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case batched
        case sync
    }

    @OptionGroup var places: PlaceOptions

    @Flag(help: "Read every book again, changed or not.")
    var force = false

    @Flag(help: "Take the metadata of every book from its file again.")
    var metadata = false

    @Flag(
        help: "Work out the hashes of every book again, KOReader's too, also where the library is configured without."
    )
    var hashes = false

    @Flag(help: "Make every thumbnail again.")
    var thumbnails = false

    @Option(help: "Commit and tell in batches, which is faster, or book by book; else as the library is configured.")
    var mode: Mode?

    @Flag(help: "Say what would be done, and do nothing; waits until that is known.")
    var dryRun = false

    @Flag(help: "Mark as missing what is gone, also where so much is gone that it would be held for you.")
    var acceptLosses = false

    @OptionGroup var waiting: WaitOptions

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let places = try await places.places(session, to: "scan").sorted { $0.key < $1.key }
        let requests = try places.map { library, paths in
            try ControlRequest(.scan, library, body: wish(paths))
        }
        let order = JobOrder(
            session: session,
            waits: waiting.isWanted || dryRun,
            isSingle: self.places.libraries.count == 1
        )
        try await order.run(requests) { job in
            guard dryRun else { return }
            let log = try await session.client.all(JobLogLine.self, ControlRequest(.jobLog, job.id))
            try session.terminal.write(lines: Scan.findings(log))
        }
    }

    private func wish(_ paths: [String]) -> ScanRequest {
        ScanRequest(
            paths: paths,
            force: force,
            acceptLosses: acceptLosses,
            metadata: metadata,
            hashes: hashes,
            thumbnails: thumbnails,
            mode: mode?.rawValue,
            dryRun: dryRun
        )
    }

    /// What a dry run lists: the lines of its log that name a path.
    static func findings(_ log: [JobLogLine]) -> [String] {
        log.compactMap { line in
            line.path.map { "  \(ShownText.escaped(line.message)): \(ShownText.escaped($0))" }
        }
    }
}
