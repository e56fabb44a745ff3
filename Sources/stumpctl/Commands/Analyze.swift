// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Analyze: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decode every page of every book, to find what has rotted on the disk.",
        discussion: "Reads everything and takes its time; what is damaged is listed by `stumpctl problems`."
    )

    @OptionGroup var places: PlaceOptions

    @OptionGroup var waiting: WaitOptions

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let places = try await places.places(session, to: "analyze").sorted { $0.key < $1.key }
        let requests = try places.map { library, paths in
            try ControlRequest(.analyze, library, body: AnalyzeRequest(paths: paths))
        }
        let isSingle = self.places.libraries.count == 1
        try await JobOrder(session: session, waits: waiting.isWanted, isSingle: isSingle).run(requests)
    }
}
