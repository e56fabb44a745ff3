// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import Logging
import SystemPackage

/// The configuration in force, whatever the file says by now.
struct ConfigRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.config) { _, _ in
            let origin = state.current.origin
            return try .json(ConfigurationSummary(state.configuration, origin))
        }
    }
}

extension ConfigurationSummary {
    init(_ configuration: Configuration, _ origin: CurrentConfiguration.Origin) {
        self.init(
            file: origin.file?.string,
            loadedAt: origin.since.rfc3339,
            daemon: Daemon(
                workers: configuration.workers,
                logLevel: configuration.logLevel.rawValue,
                historySeconds: configuration.history / .seconds(1),
                backup: configuration.backup.rawValue,
                purgeMissingSeconds: configuration.purgeMissing.map { $0 / .seconds(1) }
            ),
            watch: Watch(
                quietSeconds: configuration.quiet / .seconds(1),
                patienceSeconds: configuration.patience / .seconds(1),
                pollIntervalSeconds: configuration.pollInterval / .seconds(1)
            ),
            libraries: configuration.libraries.map(Library.init)
        )
    }
}

extension ConfigurationSummary.Library {
    fileprivate init(_ library: LibrarySettings) {
        self.init(
            name: library.name.text,
            root: library.root.string,
            pattern: library.pattern.rawValue,
            scanMode: library.scanMode.rawValue,
            watch: library.watch.rawValue,
            schedule: library.schedule?.text ?? "off",
            ignore: library.ignore?.lines.map(\.pattern.text) ?? [],
            metadata: library.readsMetadata,
            hash: library.hashes.contains(.file),
            koreaderHash: library.hashes.contains(.koreader),
            thumbnails: library.thumbnails.map(ConfigurationSummary.Thumbnails.init),
            conversion: ConfigurationSummary.Conversion(
                toCbz: library.conversion.kinds.map(\.rawValue).sorted(),
                originals: library.conversion.originals.rawValue,
                retainSeconds: library.conversion.retain / .seconds(1)
            )
        )
    }
}

extension ConfigurationSummary.Thumbnails {
    fileprivate init(_ thumbnails: ThumbnailSettings) {
        switch thumbnails.size {
        case .fit(let width, let height):
            self.init(fit: [width, height], scale: nil, quality: thumbnails.quality, effort: thumbnails.effort)
        case .scale(let factor):
            self.init(fit: nil, scale: factor, quality: thumbnails.quality, effort: thumbnails.effort)
        }
    }
}
