// SPDX-License-Identifier: MIT
import LibraryModel
import Synchronization
import SystemPackage

/// Where one library lies: its root, the volumes below it, and the lanes that their disks are reached on.
final class LibraryPlace: Sendable {
    /// One mount that a part of the library lies on.
    struct Volume: Sendable {
        /// Where it begins, relative to the root; empty for the root's own.
        let path: FilePath

        /// As `/proc/self/mountinfo` numbers it; -1 where the kernel does not tell.
        let mount: Int
        fileprivate(set) var trust: FileSystemTrust

        /// The file system's name, for people.
        let fileSystem: String
        let lane: Lane
    }

    let name: LibraryName

    /// As it was configured; it may lead through symbolic links.
    let root: FilePath

    /// Its number in the tree; `nil` when it is not watched.
    let number: Int?
    let mode: LibrarySettings.Watch
    let ignore: IgnoreFile?

    /// Reaches the root, whatever is mounted there.
    let rootLane: Lane
    private let makeLane: @Sendable (String) -> Lane
    private let layout: Mutex<[Volume]>
    private let resolved: Mutex<FilePath>

    init(
        _ settings: LibrarySettings,
        number: Int?,
        makeLane: @escaping @Sendable (String) -> Lane
    ) {
        name = settings.name
        root = settings.root
        mode = settings.watch
        ignore = settings.ignore
        self.number = number
        resolved = Mutex(settings.root)
        self.makeLane = makeLane
        rootLane = makeLane("stump.library.\(settings.name)")
        layout = Mutex([
            // Until the root is looked at: nothing is known, so nothing is trusted.
            Volume(
                path: FilePath(),
                mount: -1,
                trust: FileSystemTrust(magic: 0, name: ""),
                fileSystem: "",
                lane: rootLane
            )
        ])
    }

    /// The root's volume first, then those below it, outermost first.
    var volumes: [Volume] { layout.withLock { $0 } }

    /// The volume that a directory lies on.
    func volume(of directory: FilePath) -> Volume {
        let volumes = volumes
        return volumes.last { directory.isWithin($0.path) } ?? volumes[0]
    }

    /// Notes how far a volume's file system can be trusted, once it was asked.
    func trust(_ trust: FileSystemTrust, on mount: Int) {
        layout.withLock { layout in
            for index in layout.indices where layout[index].mount == mount { layout[index].trust = trust }
        }
    }

    /// Where the root was found last, with no symbolic link on the way.
    var realRoot: FilePath { resolved.withLock { $0 } }

    /// Takes the volumes as they are now below the real root; one that was there before keeps its lane.
    func settle(
        at root: FilePath,
        _ found: [(path: FilePath, mount: Int, trust: FileSystemTrust, fileSystem: String)]
    ) {
        resolved.withLock { $0 = root }
        layout.withLock { layout in
            let before = layout
            layout = found.enumerated().map { index, volume in
                let known = before.first { $0.mount == volume.mount && $0.path == volume.path }
                let lane = index == 0 ? rootLane : known?.lane ?? makeLane("stump.mount.\(volume.mount)")
                return Volume(
                    path: volume.path,
                    mount: volume.mount,
                    trust: index == 0 ? volume.trust : known?.trust ?? volume.trust,
                    fileSystem: volume.fileSystem,
                    lane: lane
                )
            }
        }
    }
}
