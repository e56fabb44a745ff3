// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI
import Glibc

struct Scan: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for changes in libraries, in all of them or in the ones named."
    )

    @Argument(help: "Libraries by name.")
    var libraries: [String] = []

    @Option(name: .customLong("path"), help: "Look only here and below; may be given more than once.")
    var paths: [String] = []

    @Flag(help: "Read every book again, changed or not.")
    var force = false

    @Flag(help: "Mark as missing what is gone, also where so much is gone that it would be held for you.")
    var acceptLosses = false

    @Flag(help: "Wait until the scans and the thumbnails they cause are done.")
    var wait = false

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        var jobs: [JobSummary] = []
        var failures: [any Error] = []
        for (library, paths) in try await places(session).sorted(by: { $0.key < $1.key }) {
            let wish = ScanRequest(paths: paths, force: force, acceptLosses: acceptLosses)
            do {
                jobs.append(try await session.client.get(JobSummary.self, ControlRequest(.scan, library, body: wish)))
            } catch {
                failures.append(error)
            }
        }
        if wait {
            let watch = JobWatch(session)
            for index in jobs.indices {
                do {
                    let followUp = try await watch.untilFinished(&jobs[index])
                    failures += [jobs[index], followUp].compactMap { $0.flatMap(CommandFault.init(unlessDone:)) }
                } catch {
                    failures.append(error)
                }
            }
        } else if !session.json {
            try session.terminal.write(lines: jobs.map { "\(JobText.title($0)): \($0.state)" })
        }
        if session.json { try print(jobs, session) }
        for failure in failures.dropLast() { session.report(failure) }
        if let failure = failures.last { throw failure }
    }

    /// The libraries to scan, each with the absolute paths to look at; none means all of it.
    private func places(_ session: Session) async throws -> [String: [String]] {
        guard libraries.isEmpty || !paths.isEmpty else {
            return Dictionary(libraries.map { ($0, []) }) { first, _ in first }
        }
        let known = try await session.client.all(LibrarySummary.self, ControlRequest(.libraries))
        guard paths.isEmpty else { return try places(of: paths, in: known) }
        guard !known.isEmpty else {
            throw CommandFault(
                code: "no_library",
                summary: "cannot scan: no library is configured",
                remedy: "write a [[library]] with name and root into the configuration, then restart stumpd",
                status: .notFound
            )
        }
        return Dictionary(known.map { ($0.name, []) }) { first, _ in first }
    }

    private func places(of paths: [String], in known: [LibrarySummary]) throws -> [String: [String]] {
        if let unknown = libraries.first(where: { name in !known.contains { $0.name == name } }) {
            throw CommandFault(
                code: "library_not_found",
                summary: "cannot scan \(unknown): no library has this name",
                remedy: "`stumpctl libraries` lists them",
                status: .notFound
            )
        }
        let directory = getcwd(nil, 0)
        defer { free(directory) }
        let start = directory.map { String(cString: $0) } ?? "/"
        let candidates = libraries.isEmpty ? known : known.filter { libraries.contains($0.name) }
        return try paths.reduce(into: [:]) { places, path in
            let place = try LibraryPath.locate(path, from: start, in: candidates)
            places[place.library, default: []].append(place.absolute)
        }
    }

    /// One object for one library named, an array otherwise.
    private func print(_ jobs: [JobSummary], _ session: Session) throws {
        if libraries.count == 1, let job = jobs.first {
            try session.show(job) { _ in [] }
        } else if libraries.count != 1 {
            try session.show(jobs) { _ in [] }
        }
    }
}
