// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI
import Glibc

/// Which libraries, or which places in them, a command is about; all libraries where nothing is said.
struct PlaceOptions: ParsableArguments {
    @Argument(help: "Libraries by name; without any, all of them.", completion: LiveCompletion.library)
    var libraries: [String] = []

    @Option(
        name: .customLong("path"),
        help: "Look only here and below; may be given more than once.",
        completion: .file()
    )
    var paths: [String] = []

    /// The libraries, each with the absolute paths to look at; none means all of it.
    func places(_ session: Session, to verb: String) async throws -> [String: [String]] {
        guard libraries.isEmpty || !paths.isEmpty else {
            return Dictionary(libraries.map { ($0, []) }) { first, _ in first }
        }
        let known = try await session.client.all(LibrarySummary.self, ControlRequest(.libraries))
        guard paths.isEmpty else { return try places(of: paths, in: known, to: verb) }
        guard !known.isEmpty else {
            throw CommandFault(
                code: "no_library",
                summary: "cannot \(verb): no library is configured",
                remedy: "write a [[library]] with name and root into the configuration, then restart stumpd",
                status: .notFound
            )
        }
        return Dictionary(known.map { ($0.name, []) }) { first, _ in first }
    }

    private func places(
        of paths: [String],
        in known: [LibrarySummary],
        to verb: String
    ) throws -> [String: [String]] {
        if let unknown = libraries.first(where: { name in !known.contains { $0.name == name } }) {
            throw CommandFault(
                code: "library_not_found",
                summary: "cannot \(verb) \(unknown): no library has this name",
                remedy: "`stumpctl libraries` lists them",
                status: .notFound
            )
        }
        let start = ProcessEnvironment.workingDirectory
        let candidates = libraries.isEmpty ? known : known.filter { libraries.contains($0.name) }
        return try paths.reduce(into: [:]) { places, path in
            let place = try LibraryPath.locate(path, from: start, in: candidates)
            places[place.library, default: []].append(place.absolute)
        }
    }
}
