// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel
import LibraryScan
import LibraryStore
import LibraryWatch
import Logging
import Support
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

    /// Takes `library`, `state` and `cache` below `disk`, and starts.
    init(
        on disk: TemporaryDirectory,
        watch: LibrarySettings.Watch = .auto,
        clock: any SteadyClock = EagerClock()
    ) async throws {
        for directory in ["library", "state", "cache"] as [FilePath] { try disk.makeDirectory(directory) }
        let name = try #require(LibraryName("books"))
        var library = LibrarySettings(name: name, root: disk.path.appending("library"))
        library.thumbnails = nil
        library.watch = watch
        self.library = library
        var configuration = Configuration()
        configuration.libraries = [library]
        configuration.workers = 1
        let store = try LibraryStore(opening: disk.path.appending("state").appending("stump.db")) { .wallClock }
        let state = try DaemonState(
            configuration,
            store: store,
            cache: disk.path.appending("cache"),
            workerProgram: LivingDaemon.workerProgram,
            clock: clock
        )
        self.state = state
        try await state.prepare(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        state.watcher.start()
        services = Task { [library] in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await ScanRunner([library], state.scanServices).run() }
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
                let options = ScanOptions(acceptLosses: true)
                let request = LibraryStore.ScanRequest(library: library.name, options: options, trigger: .user)
                _ = try await state.store.request(request)
            }
        }
        Issue.record("it does not come to rest: \(await state.pending.entries) \(await state.losses.entries)")
    }

    /// Looks at every directory as polling does, whatever the time.
    func sweepAll() async {
        _ = try? await state.watcher.volumes(of: library.name)
        await state.watcher.audit(library.name) { false }
    }

    /// What the index has that is not missing.
    func presentBooks() async throws -> [FilePath: DiskTruth.Book] {
        var books: [FilePath: DiskTruth.Book] = [:]
        var filter = LibraryStore.BookFilter()
        filter.limit = 500
        var directories: Set<FilePath> = []
        while case let page = try await state.store.books(filter), let last = page.last {
            for book in page where book.state != .missing { directories.insert(book.path.removingLastComponent()) }
            filter.after = last.id
        }
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
