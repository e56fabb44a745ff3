// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel

/// Takes in the configuration's file as it is now; refused, it changes nothing.
struct ReloadRoute {
    let reloader: Reloader

    func register(on router: Router<ControlServer.Context>) {
        router.on(.reload) { _, _ in try .json(ReloadReport(try await reloader.reload(), reloader.file)) }
    }
}

extension ReloadReport {
    init(_ change: ConfigurationChange, _ file: String?) {
        self.init(
            file: file,
            keys: change.keys,
            added: change.added.map(\.name.text),
            removed: change.removed.map(\.text),
            changed: change.changed.map { Change(name: $0.library.name.text, keys: $0.keys) }
        )
    }
}
