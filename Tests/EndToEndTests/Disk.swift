// SPDX-License-Identifier: MIT
import Glibc
import Support
import SystemPackage
import Testing

/// A disk that a test puts in and takes out, always with the same files on it.
final class Disk {
    /// What sort of file system it is.
    enum Kind: String, CaseIterable, Sendable {
        case ext4
        case xfs
        case btrfs

        /// Loses everything when it is unmounted, and is filled again with copies.
        case tmpfs

        /// A directory of a disk that stays: its superblock outlives the mount.
        case bind
        case overlay
        case bindfs
        case mergerfs

        /// A disk of its own where this user may have one.
        static let local: Kind = Kind.ext4.refusal == nil ? .ext4 : .tmpfs

        var isServed: Bool { self == .bindfs || self == .mergerfs }

        private var isImage: Bool { self == .ext4 || self == .xfs || self == .btrfs }

        /// Why there is none for this user on this machine; `nil` where there is.
        var refusal: String? {
            if isImage {
                if getuid() != 0 { return "only root mounts an image of \(rawValue)" }
                if access("/dev/loop-control", R_OK | W_OK) != 0 { return "there are no loop devices" }
                if Program.installed("mkfs.\(rawValue)") == nil { return "mkfs.\(rawValue) is not installed" }
            }
            if isServed {
                if access("/dev/fuse", R_OK | W_OK) != 0 { return "this user may not use /dev/fuse" }
                return Program.installed(rawValue) == nil ? "\(rawValue) is not installed" : nil
            }
            let isKnown = self == .bind || Program.text("/proc/filesystems").contains("\t\(rawValue)\n")
            return isKnown ? nil : "the kernel has no \(rawValue)"
        }

        /// Skips the test, or the case of it, where there is no such disk; the warning is what is seen of that.
        fileprivate func require() throws {
            guard let refusal else { return }
            Issue.record("skipped: \(refusal)", severity: .warning)
            try Test.cancel("\(refusal)")
        }
    }

    let kind: Kind

    /// Where it is mounted next; absolute.
    var point: FilePath
    private let mounts: PrivateMounts

    /// What is on it, where it is not mounted: an image, or a directory; absolute.
    private let store: FilePath
    private(set) var server: pid_t?

    /// Makes an empty disk that is not mounted; `name` tells it from others of one home.
    init(_ kind: Kind, _ name: String, at point: FilePath, of home: RunningDaemon.Home) async throws {
        try kind.require()
        self.kind = kind
        self.point = point
        mounts = try #require(home.mounts)
        store = home.directory.path.appending("disks").appending(name)
        for part in ["one", "two", "work"] { try home.directory.makeDirectory(FilePath("disks/\(name)/\(part)")) }
        switch kind {
        case .ext4: try await makeImage(megabytes: 32, "-q", "-F")
        case .xfs: try await makeImage(megabytes: 320, "-q")
        case .btrfs: try await makeImage(megabytes: 128, "-q")
        case .tmpfs, .bind, .overlay, .bindfs, .mergerfs: break
        }
    }

    /// Where the files of a disk lie that only passes them on; what changes there, changes behind the mount's back.
    func backing(_ file: FilePath, part: String = "one") -> FilePath {
        store.appending(part).pushing(file)
    }

    func mount() async throws {
        let (one, two, at) = (backing("").string, backing("", part: "two").string, point.string)
        let work = backing("", part: "work").string
        switch kind {
        case .ext4, .xfs, .btrfs: try await mounts.run("mount", "-o", "loop", image.string, at)
        case .tmpfs:
            // Filled aside, so that it comes with everything on it.
            try await mounts.run("mount", "-t", "tmpfs", "disk", work)
            try await mounts.run("cp", "-a", "\(one)/.", work)
            try await mounts.run("mount", "--bind", work, at)
            try await mounts.unmount(FilePath(work))
        case .bind: try await mounts.run("mount", "--bind", one, at)
        case .overlay:
            let options = "lowerdir=\(two),upperdir=\(one),workdir=\(work)"
            try await mounts.run("mount", "-t", "overlay", "disk", "-o", options, at)
        case .bindfs: server = try await mounts.serve(["bindfs", "-f", one, at], at: point)
        case .mergerfs:
            let words = ["mergerfs", "-f", "-o", "category.create=ff", "\(one):\(two)", at]
            server = try await mounts.serve(words, at: point)
        }
    }

    /// Unmounts it; lazily means at once, though files on it are open.
    func unmount(lazily isLazy: Bool = false) async throws {
        // The copies keep their times, as those of a careful person do.
        if kind == .tmpfs { try await mounts.run("cp", "-a", "\(point)/.", backing("").string) }
        if isLazy {
            try await mounts.run("umount", "--lazy", point.string)
        } else {
            try await mounts.unmount(point)
        }
        if let server { await mounts.end(of: server) }
        server = nil
    }

    /// Kills the process that serves it: the mount stays, and answers ENOTCONN.
    func killServer() async throws {
        let process = try #require(server, "\(kind) is not served by a process")
        kill(process, SIGKILL)
        await mounts.end(of: process)
        server = nil
    }

    private var image: FilePath { store.appending("image") }

    private func makeImage(megabytes: Int, _ options: String...) async throws {
        let maker = try #require(Program.installed("mkfs.\(kind.rawValue)"))
        try await mounts.run("truncate", "--size", "\(megabytes)M", image.string)
        let made = try await Program.run(maker, options + [image.string])
        try #require(made.code == 0, "\(made.errors)")
    }
}
