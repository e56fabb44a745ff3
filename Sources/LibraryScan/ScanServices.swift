// SPDX-License-Identifier: MIT
package import LibraryModel
package import LibraryStore
package import Logging

/// What every job works with.
package struct ScanServices: Sendable {
    package var store: LibraryStore
    package var files: any LibraryFiles
    package var workers: WorkerPool
    package var pending: PendingBooks
    package var running: RunningJobs
    package var availability: LibraryAvailability
    package var thumbnails: ThumbnailFiles
    package var clock: any Clock<Duration>
    package var logger: Logger

    package init(
        store: LibraryStore,
        files: any LibraryFiles,
        workers: WorkerPool,
        pending: PendingBooks,
        running: RunningJobs,
        availability: LibraryAvailability,
        thumbnails: ThumbnailFiles,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.store = store
        self.files = files
        self.workers = workers
        self.pending = pending
        self.running = running
        self.availability = availability
        self.thumbnails = thumbnails
        self.clock = clock
        self.logger = logger
    }

    /// Which reader made a book's facts, with which settings; books read by another are read again.
    static func readerVersion(_ settings: LibrarySettings) -> Int {
        // Raise the first figure whenever reading learns something new of books that were read before.
        1 * 2 + (settings.readsMetadata ? 1 : 0)
    }
}
