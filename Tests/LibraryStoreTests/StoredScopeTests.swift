// SPDX-License-Identifier: MIT
import GRDB
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryStore

@Suite("A scope of any size is kept, and only its changes are written")
struct StoredScopeTests {
    private let bench: StoreBench

    init() async throws {
        bench = try await StoreBench()
    }

    private func scope(_ numbers: Range<Int>, removals: Removals = .none) -> ScanScope {
        let depth = ScanScope.Depth(isDeep: false, removals: removals)
        return ScanScope(Dictionary(uniqueKeysWithValues: numbers.map { (FilePath("dir/\($0)"), depth) }))
    }

    /// The rows that a request writes besides those of the job itself and its event.
    private func rows(of scope: ScanScope) async throws -> Int {
        let before = try await bench.store.pool.write { $0.totalChangesCount }
        _ = try await bench.request(scope, trigger: .watch)
        return try await bench.store.pool.write { $0.totalChangesCount } - before - 2
    }

    @Test func `what joins is written, what waits already is not`() async throws {
        #expect(try await rows(of: scope(0..<200)) == 200)
        #expect(try await rows(of: scope(0..<200)) == 0)
        #expect(try await rows(of: scope(190..<210)) == 10)
        #expect(try await rows(of: scope(5..<6, removals: Removals(files: 2, directories: 1))) == 1)
        let job = try #require(try await bench.store.jobs(LibraryStore.JobFilter()).first)
        #expect(job.scope.directories.count == 210 && job.merged == 3)
        #expect(job.scope.removals(in: "dir/5") == Removals(files: 2, directories: 1))
    }

    @Test func `removals add up, to the largest number there is`() async throws {
        let removals = Removals(files: .max, directories: 3)
        _ = try await bench.request(scope(0..<1, removals: removals), trigger: .watch)
        let joined = try await bench.request(scope(0..<1, removals: removals), trigger: .watch).job
        #expect(joined.scope.removals(in: "dir/0") == Removals(files: .max, directories: 6))
    }

    @Test func `a deep directory takes the rows below it away, and their removals on`() async throws {
        _ = try await bench.request(scope(0..<100, removals: Removals(files: 1, directories: 0)), trigger: .watch)
        _ = try await bench.request(ScanScope(["other": ScanScope.Depth(isDeep: false)]), trigger: .watch)
        #expect(try await rows(of: ScanScope(["dir": ScanScope.Depth(isDeep: true)])) == 101)
        let job = try #require(try await bench.store.jobs(LibraryStore.JobFilter()).first)
        #expect(job.scope.paths == ["dir", "other"])
        #expect(job.scope.removals(in: "dir/7/below") == Removals(files: 100, directories: 0))
    }

    @Test func `the whole library takes the place of every row, with all that was seen removed`() async throws {
        _ = try await bench.request(scope(0..<100, removals: Removals(files: 1, directories: 0)), trigger: .watch)
        #expect(try await rows(of: .library) == 101)
        let job = try #require(try await bench.store.jobs(LibraryStore.JobFilter()).first)
        #expect(job.scope.isWholeLibrary)
        #expect(job.scope.removals(in: "dir/1") == Removals(files: 100, directories: 0))
        #expect(try await bench.store.job(job.id).scope == job.scope)
    }
}
