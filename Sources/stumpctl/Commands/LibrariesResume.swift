// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct LibrariesResume: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let the jobs of a library run again."
    )

    @Argument(help: "The library's name.", completion: LiveCompletion.library)
    var name: String

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let library = try await session.client.get(LibrarySummary.self, ControlRequest(.resumeLibrary, name))
        try session.show(library) { [LibraryTable.standing(library, $0)] }
    }
}
