// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

/// A small disk for what the daemon writes, which can be made to refuse that, and to take it again.
final class SickDisk {
    /// What is wrong with it while it is sick.
    enum Sickness: String, CaseIterable, Sendable {
        /// It is full to the last byte.
        case full

        /// It returns errors: `strace` has the daemon's own system calls fail. A device that can be told to fail is no
        /// honest one without the device mapper: what lies in memory forgets what it had, and what lies in a file that
        /// cannot grow says that it has written what it has not.
        case failing

        /// Its file system met an error and became read-only, for good: only mounting it anew cures that. Nobody can
        /// remount it so by hand, because the daemon has files open on it.
        case readOnly

        /// Why it cannot be had here; `nil` where it can.
        var refusal: String? {
            switch self {
            case .full: nil
            case .failing: Program.installed("strace") == nil ? "strace is not installed" : nil
            case .readOnly: Disk.Kind.ext4.refusal
            }
        }
    }

    /// Which calls of a daemon fail.
    private static let errors = [
        // All that change a file, and all that make a change durable.
        "pwrite64,ftruncate,fsync,fdatasync:error=EIO",
        // What is written is there, and nobody knows whether it stays.
        "fsync,fdatasync:error=EIO",
        // A transaction is written in part. Small ones may get through.
        "pwrite64:error=EIO:when=2+3",
    ]

    /// Whether a daemon may believe for a moment that it is well while it is not.
    private(set) var isFickle = false

    private let sickness: Sickness
    private let point: FilePath
    private let home: RunningDaemon.Home
    private let mounts: PrivateMounts
    private var tracer: pid_t?

    /// Kept as long as it runs: it must not be alone with what it says.
    private var voice: ProgramVoice?

    /// Mounts an empty disk on a directory, made for it, where the daemons of a home run.
    init(_ sickness: Sickness, at point: FilePath, of home: RunningDaemon.Home) async throws {
        self.sickness = sickness
        self.point = point
        self.home = home
        mounts = try #require(home.mounts)
        try await mounts.run("mkdir", "-p", point.string)
        switch sickness {
        case .full: try await mounts.run("mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "small", point.string)
        case .failing: break
        case .readOnly:
            try await mounts.run("truncate", "--size", "64M", image)
            try await mounts.run(Program.installed("mkfs.ext4") ?? "mkfs.ext4", "-q", "-F", image)
            try await mount()
        }
    }

    deinit {
        guard let tracer else { return }
        kill(tracer, SIGKILL)
        waitpid(tracer, nil, 0)
    }

    // MARK: Its health

    func sicken(under daemon: RunningDaemon, _ random: inout SplitMix) async throws {
        switch sickness {
        case .full: try fill()
        case .failing:
            let errors = SickDisk.errors[Int.random(in: 0..<3, using: &random)]
            isFickle = errors == SickDisk.errors[2]
            try await trace(daemon.process, errors)
        case .readOnly: try await mounts.run("mount", "-o", "remount,abort", point.string)
        }
    }

    /// Takes away what is wrong; a read-only one is unmounted, looked over and mounted again, which nobody may hinder.
    func cure() async throws {
        switch sickness {
        case .full: try FileManager.default.removeItem(atPath: ballast)
        case .failing:
            guard let tracer else { return }
            kill(tracer, SIGTERM)
            _ = await Program.end(of: tracer)
            self.tracer = nil
        case .readOnly:
            try await mounts.unmount(point)
            let check = Program.installed("fsck.ext4") ?? "fsck.ext4"
            // 1: errors were corrected.
            try await mounts.run("sh", "-c", "\(check) -fp \(image); test $? -le 1")
            try await mount()
        }
    }

    private var image: String { home.directory.path.appending("image").string }

    private var ballast: String { mounts.view(point).appending("ballast").string }

    private func mount() async throws {
        try await mounts.run("mount", "-o", "loop,errors=remount-ro", image, point.string)
    }

    /// Grows a file until there is no room for a byte.
    private func fill() throws {
        let file = open(ballast, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        try #require(file >= 0, "\(ballast): \(errno)")
        defer { close(file) }
        let block = [UInt8](repeating: 1, count: 4096)
        while write(file, block, block.count) > 0 {}
        try #require(errno == ENOSPC, "\(ballast): \(errno)")
    }

    /// Has calls of a process fail that are about the database.
    private func trace(_ process: pid_t, _ errors: String) async throws {
        let program = try #require(Program.installed("strace"))
        let files = ["stump.db", "stump.db-wal"].flatMap { ["-P", home.database($0)] }
        let calls = ["-e", "trace=pwrite64,ftruncate,fsync,fdatasync", "-e", "inject=\(errors)"]
        let words = ["-f", "-p", "\(process)", "-o", "/dev/null"] + files + calls
        let voice = try ProgramVoice()
        self.voice = voice
        tracer = try Program.start(program, words, [:], output: "/dev/null", errors: voice.path)
        // It says so when it has all threads in hand.
        let said = await voice.firstWords()
        try #require(said.contains("attached"), "strace is not let at the daemon: \(said)")
    }
}
