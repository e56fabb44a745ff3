// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct LibrariesList: DaemonCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the libraries.")

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let table = Table(LibraryTable.titles + ["ROOT"])
        try await session.list(LibrarySummary.self, ControlRequest(.libraries), table) { library in
            LibraryTable.cells(library) + [library.root]
        }
    }
}
