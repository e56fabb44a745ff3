// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Synchronization
import SystemPackage

/// A private directory on the same inotify queue: when a file's event there is read, so are all that happened before.
///
/// That holds over all file systems, because one descriptor is one queue, and nothing is ever written into a library.
final class Cookies: Sendable {
    typealias Waiter = @Sendable (Result<Void, WatchFault>) -> Void

    let path: FilePath
    private let directory: Int32

    /// The number of the directory's watch; -1 while there is no queue to watch it on.
    private let number = Atomic<Int32>(-1)

    /// Creating a file is input and output too.
    private let lane = Lane("stump.watch.cookies")

    /// Who waits for which file's event; `nil` once no event will be read any more.
    private let waiters: Mutex<[FileName: Waiter]?> = Mutex([:])

    init(_ path: FilePath) throws(WatchFault) {
        self.path = path
        directory = path.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard directory >= 0 else {
            throw .cookiesUnusable(path, reason: Errno(rawValue: errno).description)
        }
    }

    deinit {
        close(directory)
    }

    /// Whether the queue's events reach the directory's waiters.
    var isWatched: Bool { number.load(ordering: .relaxed) >= 0 }

    /// Whether an event is that of a cookie; an overflow is nobody's, and bears -1.
    func isOwner(of watch: Inotify.Watch) -> Bool {
        watch.number >= 0 && watch.number == number.load(ordering: .relaxed)
    }

    /// Watches the directory on a queue that was opened.
    func watch(on inotify: Inotify) throws(Errno) {
        let watch = try inotify.add(directory, for: UInt32(IN_CREATE | IN_ONLYDIR)).get()
        number.store(watch.number, ordering: .relaxed)
    }

    /// Returns when the event of a file made just now has been read; at once where there is no queue to read.
    func wait() async throws(WatchFault) {
        let outcome = await withCheckedContinuation { continuation in
            afterEvents { continuation.resume(returning: $0) }
        }
        try outcome.get()
    }

    /// Has `waiter` called when the event of a file made just now has been read; at once where there is no queue.
    func afterEvents(_ waiter: @escaping Waiter) {
        if !isWatched { return waiter(.success(())) }
        let cookie = FileName(String(UInt64.random(in: 0 ... .max), radix: 36))
        let isOpen = waiters.withLock { waiters in
            waiters?.updateValue(waiter, forKey: cookie)
            return waiters != nil
        }
        if !isOpen { return waiter(.failure(.stopped)) }
        lane.enqueue { self.drop(cookie) }
    }

    /// Lets those go whose cookies these are.
    func receive(_ cookies: [FileName]) {
        for cookie in cookies { take(cookie)?(.success(())) }
    }

    /// Makes the files of all who wait once more, because their events may be among those that the kernel dropped.
    func repeatAll() {
        let cookies = waiters.withLock { Array(($0 ?? [:]).keys) }
        lane.enqueue {
            for cookie in cookies { self.drop(cookie) }
        }
    }

    /// Lets all go with a fault, those to come too.
    func stop() {
        let waiting = waiters.withLock { waiters in
            defer { waiters = nil }
            return waiters ?? [:]
        }
        for waiter in waiting.values { waiter(.failure(.stopped)) }
    }

    private func drop(_ cookie: FileName) {
        let file = cookie.withCString { openat(directory, $0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        guard file >= 0 else {
            take(cookie)?(.failure(.cookiesUnusable(path, reason: Errno(rawValue: errno).description)))
            return
        }
        close(file)
        _ = cookie.withCString { unlinkat(directory, $0, 0) }
    }

    private func take(_ cookie: FileName) -> Waiter? {
        waiters.withLock { $0?.removeValue(forKey: cookie) }
    }
}
