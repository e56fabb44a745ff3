// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import LibraryModel
import LibraryStore
import Support
import SystemPackage
import Testing

@testable import StumpDaemon

/// Short here; `make fuzz-identity RUNS=1000` runs it at length, and `SEED=n RUNS=1` again what a run found.
@Suite("Whatever people do to the books of two libraries, each keeps its id", .serialized)
struct IdentityFuzzTests {
    private static let runs = Int(ProcessInfo.processInfo.environment["FUZZ_RUNS"] ?? "") ?? 4
    private static let seed = UInt64(ProcessInfo.processInfo.environment["FUZZ_SEED"] ?? "") ?? 1

    @Test func `no id is lost, none goes to another book, and none is invented`() async throws {
        for run in 0..<IdentityFuzzTests.runs {
            let seed = IdentityFuzzTests.seed &+ UInt64(run)
            // A root of its own on another disk, where there is one.
            let elsewhere = FilePath("/dev/shm")
            let isOneDisk = seed % 3 == 0 || access(elsewhere.string, W_OK) != 0
            let other = try TemporaryDirectory(in: isOneDisk ? nil : elsewhere)
            try await self.run(seed, on: try TemporaryDirectory(), and: other)
            if IdentityFuzzTests.runs > 10, run % 50 == 49 { print("fuzz-identity: \(run + 1) runs") }
        }
    }

    private func run(_ seed: UInt64, on disk: TemporaryDirectory, and other: TemporaryDirectory) async throws {
        for directory in ["library", "outside"] as [FilePath] { try disk.makeDirectory(directory) }
        let manga = try #require(LibraryName("manga"))
        var second = LibrarySettings(name: manga, root: other.path)
        second.thumbnails = nil
        let roots = ["books": disk.path.appending("library"), "manga": other.path]
        var model = IdentityModel(roots: roots, outside: disk.path.appending("outside"), seed: seed)
        var daemon = try await LivingDaemon(on: disk, besides: [second])
        var known: Set<Int64> = []
        var history: [String] = []
        for _ in 1...6 {
            let isStopped = model.roll(3) == 0
            if isStopped { await daemon.end() }
            for _ in 0...model.roll(6) { try model.step() }
            let isKilled = !isStopped && model.roll(3) == 0
            if isKilled { await daemon.end() }
            if isStopped || isKilled { daemon = try await LivingDaemon(on: disk, besides: [second]) }
            try await daemon.settle()
            history.append("\(isStopped ? "stopped" : isKilled ? "killed" : "running"): \(model.steps)")
            let (ids, missing) = try await judge(model, daemon, known, "SEED=\(seed), \(history)")
            known.formUnion(ids.values)
            model.accept(ids, missing: missing)
        }
        await daemon.end()
    }

    /// Says how the index came to be what it is: what happens in one run of many is seen once.
    private func tell(of daemon: LivingDaemon, _ entries: [BookEntry]) async throws {
        for event in try await daemon.state.store.events(after: 0, limit: 100_000) { print(event.type, event.data) }
        for entry in entries { print(entry.id, entry.library, entry.path, entry.state) }
    }

    /// Compares the index with the record.
    ///
    /// - Returns: the ids of the books that are there, and those that were at places where they are missing.
    private func judge(
        _ model: IdentityModel,
        _ daemon: LivingDaemon,
        _ known: Set<Int64>,
        _ run: String
    ) async throws -> (present: [IdentityModel.Place: Int64], missing: [IdentityModel.Place: Set<Int64>]) {
        let entries = try await daemon.entries()
        var ids: [IdentityModel.Place: Int64] = [:]
        var missing: [IdentityModel.Place: Set<Int64>] = [:]
        for entry in entries {
            let place = IdentityModel.Place(library: entry.library.text, path: entry.path.string)
            if entry.state == .missing { missing[place, default: []].insert(entry.id) } else { ids[place] = entry.id }
        }
        if Set(ids.keys) != Set(model.books.keys) { try await tell(of: daemon, entries) }
        #expect(Set(ids.keys) == Set(model.books.keys), "\(run)")
        for place in model.books.keys {
            guard let id = ids[place] else { continue }
            let claim = model.claim(at: place)
            let isRight = known.contains(id) ? claim.ids.contains(id) : claim.mayBeNew
            #expect(isRight, "\(place) is \(id), not \(claim): \(run)")
        }
        #expect(Set(ids.values).count == ids.count, "\(run)")
        // What is gone is missing, and not forgotten.
        let rows = Set(entries.map(\.id))
        let merged = try await daemon.mergedBooks()
        #expect(known.subtracting(rows).isSubset(of: merged), "\(run)")
        return (ids, missing)
    }
}
