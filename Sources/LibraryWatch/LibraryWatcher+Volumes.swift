// SPDX-License-Identifier: MIT
import CLinux
import Glibc
package import LibraryModel
import Synchronization
import SystemPackage

/// Looks at what a library lies on, each time from its root down.
extension LibraryWatcher {
    /// One mount below a root, before its own disk was asked.
    private struct Below {
        var mount: MountTable.Mount
        var path: FilePath
    }

    package func volumes(of library: LibraryName) async throws(ListingFault) -> [VolumeSighting] {
        let place = try place(of: library)
        let (root, below) = try await run(on: place.rootLane, for: place) { () throws(ListingFault) in
            try self.survey(place)
        }
        var sightings = [root]
        for volume in place.volumes.dropFirst() {
            guard let mount = below.first(where: { $0.mount.id == volume.mount })?.mount else { continue }
            // One that does not answer is not seen, and so taken to be not there.
            let look = try? await volume.lane.run { Self.look(at: mount, volume.path) }
            guard let (sighting, trust) = look ?? nil else { continue }
            sightings.append(sighting)
            place.trust(trust, on: volume.mount)
        }
        planSweeps(of: place, at: .now)
        return sightings
    }

    /// Watches the way to the root, opens it, and finds out which mounts it and what is below lie on.
    private func survey(_ place: LibraryPlace) throws(ListingFault) -> (VolumeSighting, [Below]) {
        anchor(place)
        let root = try OpenDirectory(FilePath(), below: place.root)
        let table = MountFile.read()
        let path = RootAnchors.path(of: root.descriptor) ?? place.root
        let status = try? FileStatus(of: root.descriptor)
        let mount = table.mounts.first { $0.id == status?.mount } ?? table.mount(of: path)
        let trust = Self.trust(of: root.descriptor, mount)
        var below: [Below] = []
        for mount in table.mounts(below: path) {
            var relative = mount.point
            guard relative.removePrefix(path) else { continue }
            // Asking what would be mounted here would mount it.
            if FileSystemTrust(magic: 0, name: mount.fileSystem).events == .untouchable { continue }
            below.append(Below(mount: mount, path: relative))
        }
        place.settle(
            at: path,
            [(path: FilePath(), mount: mount?.id ?? -1, trust: trust, fileSystem: mount?.fileSystem ?? "")]
                + below.map {
                    ($0.path, $0.mount.id, FileSystemTrust(magic: 0, name: $0.mount.fileSystem), $0.mount.fileSystem)
                }
        )
        let sighting = Self.sighting(
            of: mount,
            at: FilePath(),
            isMountRoot: status?.isMountRoot ?? (mount?.point == path),
            Self.fileSystem(of: root.descriptor)
        )
        return (sighting, below)
    }

    private func anchor(_ place: LibraryPlace) {
        guard let library = place.number, inotify.isOpen else { return }
        // Looking may take as long as a disk, so it is done without the lock: an event in between is about a watch that
        // nobody knows yet, and what it tells is seen by the look at the root that follows.
        let anchors = RootAnchors(on: inotify).find(to: place.root)
        state.withLock { state in
            let ended =
                state.isRetired(library) ? state.unused(anchors.map(\.watch)) : state.setAnchors(anchors, of: library)
            end(ended)
        }
    }

    private static func trust(of descriptor: Int32, _ mount: MountTable.Mount?) -> FileSystemTrust {
        FileSystemTrust(magic: fileSystem(of: descriptor)?.magic ?? 0, name: mount?.fileSystem ?? "")
    }

    private static func fileSystem(of descriptor: Int32) -> clinux_file_system? {
        var found = clinux_file_system()
        return clinux_statfs(descriptor, &found) == 0 ? found : nil
    }

    /// Opens a mount below a root, and says what it is; `nil` for one that cannot be opened.
    private static func look(at mount: MountTable.Mount, _ path: FilePath) -> (VolumeSighting, FileSystemTrust)? {
        let flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC
        let descriptor = mount.point.withPlatformString { Glibc.open($0, flags) }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let sighting = sighting(of: mount, at: path, isMountRoot: true, fileSystem(of: descriptor))
        return (sighting, trust(of: descriptor, mount))
    }

    private static func sighting(
        of mount: MountTable.Mount?,
        at path: FilePath,
        isMountRoot: Bool,
        _ fileSystem: clinux_file_system?
    ) -> VolumeSighting {
        VolumeSighting(
            path: path,
            fileSystem: mount?.fileSystem ?? "",
            source: mount?.source ?? "",
            subroot: mount?.root.string ?? "",
            mountPoint: mount?.point.string ?? "",
            isMountRoot: isMountRoot,
            identifier: fileSystem.flatMap { $0.identifier == 0 ? nil : $0.identifier },
            blocks: fileSystem?.kibibytes ?? 0
        )
    }
}
