// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Logging
import Support
import Synchronization
import SystemPackage
import Testing

@testable import StumpDaemon

/// Everything of the daemon but its socket, in this process: real disks, real database, real workers.
///
/// It may be ended as suddenly as by a power cut, and another be made on the same directories.
final class LivingDaemon: Sendable {
    let state: DaemonState
    let library: LibrarySettings
    private let services: Task<Void, any Error>

    /// Takes `library`, `state` and `cache` below `disk`, with `others` that have their own places, and starts.
    init(
        on disk: TemporaryDirectory,
        watch: LibrarySettings.Watch = .auto,
        besides others: [LibrarySettings] = [],
        clock: any SteadyClock = EagerClock()
    ) async throws {
        for directory in ["library", "state", "cache"] as [FilePath] { try disk.makeDirectory(directory) }
        let name = try #require(LibraryName("books"))
        var library = LibrarySettings(name: name, root: disk.path.appending("library"))
        library.thumbnails = nil
        library.watch = watch
        self.library = library
        var configuration = Configuration()
        configuration.libraries = [library] + others
        configuration.workers = 1
        let store = try LibraryStore(opening: disk.path.appending("state").appending("stump.db")) { .wallClock }
        let state = try DaemonState(
            configuration,
            store: store,
            state: disk.path.appending("state"),
            cache: disk.path.appending("cache"),
            workerProgram: LivingDaemon.workerProgram,
            clock: clock
        ) { Logger(label: $0) { _ in SwiftLogNoOpLogHandler() } }
        self.state = state
        try await state.prepare(state.logger("test"))
        state.watcher.start()
        services = Task { [libraries = configuration.libraries] in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await JobRunner(libraries, state.jobServices).run() }
                group.addTask { try await state.intake.run() }
                try await group.waitForAll()
            }
        }
    }

    /// Ends where it is: what was not committed is lost.
    func end() async {
        services.cancel()
        for control in state.running.all { control.stop(.daemon) }
        _ = await services.result
        state.watcher.stop()
        state.workers.stop()
        try? state.store.close()
    }

    /// Waits until nothing is pending any more; losses that are held are confirmed.
    func settle() async throws {
        for _ in 0..<200 {
            try #require(await state.intake.flush(within: .seconds(7200)))
            let pending = await state.pending.entries
            let losses = await state.losses.entries
            if pending.isEmpty, losses.isEmpty { return }
            if !losses.isEmpty, losses.allSatisfy(\.isHeld) {
                for library in Set(losses.map(\.library)) {
                    let options = ScanOptions(acceptLosses: true)
                    let request = LibraryStore.JobRequest(library: library, options: options, trigger: .user)
                    _ = try await state.store.request(request)
                }
            }
        }
        Issue.record("it does not come to rest: \(await state.pending.entries) \(await state.losses.entries)")
    }

    /// Looks at every directory as polling does, whatever the time.
    func sweepAll() async {
        _ = try? await state.watcher.volumes(of: library.name)
        await state.watcher.audit(library.name) { false }
    }

    /// Every book of the index, in the order of their ids.
    func entries() async throws -> [BookEntry] {
        var entries: [BookEntry] = []
        var filter = LibraryStore.BookFilter()
        filter.limit = 500
        while case let page = try await state.store.books(filter), let last = page.last {
            entries += page
            filter.after = last.id
        }
        return entries
    }

    /// The events after one, of which only the ids or the types are of interest.
    func events() async throws -> [Int64] {
        try await state.store.events(after: 0, limit: 100_000).compactMap(\.id)
    }

    func eventTypes(after id: Int64) async throws -> [EventType] {
        try await state.store.events(after: id, limit: 100_000).map(\.type)
    }

    /// The ids of books that turned out to be others, which stay.
    func mergedBooks() async throws -> Set<Int64> {
        struct Items: Decodable {
            struct Item: Decodable {
                var id: Int64
                var sameAs: Int64?
            }

            var items: [Item]
        }
        let events = try await state.store.events(after: 0, limit: 100_000).filter { $0.type == .bookRemoved }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let items = try events.flatMap { try decoder.decode(Items.self, from: Data($0.data.utf8)).items }
        return Set(items.filter { $0.sameAs != nil }.map(\.id))
    }

    /// Scans until every directory bears a stamp that can be relied upon.
    func restUntilSettled() async throws {
        for _ in 0..<100 {
            let tree = Unsettled()
            try await state.store.tree(of: library.name) { tree.note($0) }
            if tree.count == 0 { return }
            _ = try await state.store.request(LibraryStore.JobRequest(library: library.name, trigger: .user))
            try await settle()
        }
        Issue.record("some directories do not settle")
    }

    private final class Unsettled: Sendable {
        private let number = Mutex(0)

        var count: Int { number.withLock { $0 } }

        func note(_ directory: StoredDirectory) {
            if directory.stamp == nil { number.withLock { $0 += 1 } }
        }
    }

    /// What the index has that is not missing.
    func presentBooks() async throws -> [FilePath: DiskTruth.Book] {
        var books: [FilePath: DiskTruth.Book] = [:]
        let directories = Set(
            try await entries().filter { $0.state != .missing }.map { $0.path.removingLastComponent() }
        )
        for directory in directories {
            for book in try await state.store.known(directory, of: library.name, version: 0).books where !book.isMissing
            {
                let path = directory.appending(book.name)
                books[path] = DiskTruth.Book(inode: book.stamp.inode, size: book.stamp.size)
            }
        }
        return books
    }

    /// Built beside the tests.
    private static var workerProgram: FilePath {
        let own = FilePath((try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
        return own.removingLastComponent().appending("stump-worker")
    }
}
