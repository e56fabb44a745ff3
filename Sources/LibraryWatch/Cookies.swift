// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Synchronization
import SystemPackage

/// A private directory on the same inotify queue: when a file's event there is read, so are all that happened before.
///
/// That holds over all file systems, because one descriptor is one queue, and nothing is ever written into a library.
final class Cookies: Sendable {
    typealias Waiter = CheckedContinuation<Result<Void, WatchFault>, Never>

    let watch: Inotify.Watch
    private let path: FilePath
    private let directory: Int32

    /// Creating a file is input and output too.
    private let lane = Lane("stump.watch.cookies")

    /// Who waits for which file's event; `nil` once no event will be read any more.
    private let waiters: Mutex<[FileName: Waiter]?> = Mutex([:])

    init(_ path: FilePath, on inotify: borrowing Inotify) throws(WatchFault) {
        self.path = path
        directory = path.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard directory >= 0 else {
            throw .cookiesUnusable(path, reason: Errno(rawValue: errno).description)
        }
        switch inotify.add(directory, for: UInt32(IN_CREATE | IN_ONLYDIR)) {
        case .success(let watch): self.watch = watch
        case .failure(let error):
            close(directory)
            throw .cookiesUnusable(path, reason: error.description)
        }
    }

    deinit {
        close(directory)
    }

    /// Returns when the event of a file made just now has been read.
    func wait() async throws(WatchFault) {
        let cookie = FileName(String(UInt64.random(in: 0 ... .max), radix: 36))
        let outcome = await withCheckedContinuation { (waiter: Waiter) in
            guard
                waiters.withLock({
                    $0?.updateValue(waiter, forKey: cookie)
                    return $0 != nil
                })
            else {
                return waiter.resume(returning: .failure(.stopped))
            }
            lane.enqueue { self.drop(cookie) }
        }
        try outcome.get()
    }

    /// Lets those go whose cookies these are.
    func receive(_ cookies: [FileName]) {
        for cookie in cookies { take(cookie)?.resume(returning: .success(())) }
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
        for waiter in waiting.values { waiter.resume(returning: .failure(.stopped)) }
    }

    private func drop(_ cookie: FileName) {
        let file = cookie.withCString { openat(directory, $0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        guard file >= 0 else {
            let fault = WatchFault.cookiesUnusable(path, reason: Errno(rawValue: errno).description)
            take(cookie)?.resume(returning: .failure(fault))
            return
        }
        close(file)
        _ = cookie.withCString { unlinkat(directory, $0, 0) }
    }

    private func take(_ cookie: FileName) -> Waiter? {
        waiters.withLock { $0?.removeValue(forKey: cookie) }
    }
}
