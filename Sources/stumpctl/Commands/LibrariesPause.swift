// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct LibrariesPause: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let no job of a library begin, and pause those that run; they go on where they were.",
        discussion:
            "Lasts until `stumpctl libraries resume`, also over a restart. Changes are still noticed and queued."
    )

    @Argument(help: "The library's name.", completion: LiveCompletion.library)
    var name: String

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let library = try await session.client.get(LibrarySummary.self, ControlRequest(.pauseLibrary, name))
        try session.show(library) { [LibraryTable.standing(library, $0)] }
    }
}
