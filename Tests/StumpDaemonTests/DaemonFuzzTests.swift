// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel
import LibraryStore
import LibraryWatch
import Support
import Synchronization
import SystemPackage
import Testing

@testable import StumpDaemon

/// Short here; `make fuzz-watch RUNS=1000` runs it at length, and `SEED=n RUNS=1 TREATMENT=name` again what a run found.
@Suite("Whatever is done to a library at full speed, index and watches equal the disk in the end", .serialized)
struct DaemonFuzzTests {
    /// How the daemon is treated meanwhile.
    enum Treatment: String, CaseIterable {
        /// It is left alone.
        case none

        /// The kernel drops events all the time.
        case smallQueue

        /// It is ended without warning, and started again.
        case restarts

        /// The root itself is moved away and replaced.
        case movedRoot

        /// The kernel tells nothing.
        case polled
    }

    private static let runs = Int(ProcessInfo.processInfo.environment["FUZZ_RUNS"] ?? "") ?? 2
    private static let seed = UInt64(ProcessInfo.processInfo.environment["FUZZ_SEED"] ?? "") ?? 1

    private static let treatments = Treatment.allCases.filter { treatment in
        ProcessInfo.processInfo.environment["FUZZ_TREATMENT"].map { $0.isEmpty || $0 == treatment.rawValue } ?? true
    }

    private static let books = (1...4).map { BookBuilder.comic(pages: $0, width: 8, height: 8, tint: UInt8($0)) }

    @Test(arguments: treatments)
    func `no book is wrong, no directory unwatched, no watch left behind`(_ treatment: Treatment) async throws {
        for run in 0..<DaemonFuzzTests.runs {
            let seed = DaemonFuzzTests.seed &+ UInt64(run)
            try await self.run(treatment, seed)
            if DaemonFuzzTests.runs > 10, run % 50 == 49 { print("fuzz-watch: \(treatment): \(run + 1) runs") }
        }
    }

    private func run(_ treatment: Treatment, _ seed: UInt64) async throws {
        let disk = try TemporaryDirectory()
        var daemon = try await start(on: disk, treatment)
        try await daemon.settle()
        let mutation = DiskMutation(
            disk: disk,
            seed: seed,
            steps: 400,
            books: DaemonFuzzTests.books,
            movesRoot: treatment == .movedRoot
        )
        mutation.start()
        var restarts = 0
        while !mutation.isDone.load(ordering: .acquiring) {
            if treatment == .restarts, restarts < 3 {
                await daemon.end()
                daemon = try await start(on: disk, treatment)
                restarts += 1
            }
            _ = try await daemon.state.intake.flush(within: .seconds(7200))
        }
        try await judge(daemon, disk, "\(treatment), SEED=\(seed)")
        await daemon.end()
    }

    private func compare(
        _ daemon: LivingDaemon,
        _ truth: DiskTruth,
        besides links: Set<FilePath>,
        _ run: String
    ) async throws {
        let books = try await daemon.presentBooks()
        var hasDiffered = false
        for path in Set(truth.books.keys).union(books.keys).subtracting(links) {
            #expect(truth.books[path] == books[path], "\(path) of \(run)")
            hasDiffered = hasDiffered || truth.books[path] != books[path]
        }
        if hasDiffered { await keepEvidence(of: daemon, run) }
    }

    /// Copies the catalog to where `FUZZ_KEEP` says: a run that depends on the moment is not found again by its seed.
    private func keepEvidence(of daemon: LivingDaemon, _ run: String) async {
        guard let folder = ProcessInfo.processInfo.environment["FUZZ_KEEP"] else { return }
        let name = run.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
        let copy = "\(folder)/\(name)-\(UInt32.random(in: 0...9999))"
        let state = daemon.library.root.removingLastComponent().appending("state")
        try? FileManager.default.copyItem(atPath: state.string, toPath: copy)
        print("fuzz-watch: kept \(copy)")
    }

    private func start(on disk: TemporaryDirectory, _ treatment: Treatment) async throws -> LivingDaemon {
        if treatment == .smallQueue {
            return try await KernelQueue.withLength(64) { try await LivingDaemon(on: disk) }
        }
        return try await LivingDaemon(on: disk, watch: treatment == .polled ? .poll : .auto)
    }

    private func judge(_ daemon: LivingDaemon, _ disk: TemporaryDirectory, _ run: String) async throws {
        let truth = DiskTruth(below: daemon.library.root)
        if daemon.library.watch != .poll {
            try await daemon.settle()
            try await compare(daemon, truth, besides: truth.links, run + " before the sweep")
        }
        await daemon.sweepAll()
        try await daemon.settle()
        try await compare(daemon, truth, besides: [], run)
        guard daemon.library.watch != .poll else { return }
        let figures = daemon.state.watcher.figures()
        #expect(figures.libraries[daemon.library.name]?.watched == truth.directories.count, "\(run)")
        #expect(figures.watches == truth.directories.count, "\(run)")
        for directory in truth.directories {
            try disk.write(FilePath("library").appending(directory.components).appending("marker.cbz"))
        }
        try await daemon.settle()
        let marked = try await daemon.presentBooks().keys.filter { $0.lastComponent == "marker.cbz" }
        #expect(marked.count == truth.directories.count, "\(run)")
    }
}
