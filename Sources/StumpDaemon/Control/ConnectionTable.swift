// SPDX-License-Identifier: MIT
import Glibc
import NIOCore
import Synchronization

/// The connections that are open, of which there may be so many and no more.
///
/// Who only holds a connection open shall keep nobody else out: where there is no room, the one that has been idle the
/// longest makes room. Only where every connection waits for an answer is a new one refused.
final class ConnectionTable: Sendable {
    /// The most connections, if the descriptors suffice.
    static let most = 4096

    /// Descriptors that are for everything else: books, directories, the database, workers.
    static let reserved = 512

    private struct Entry {
        let channel: any Channel
        var isBusy = false
        /// When it was last heard of, as a number that grows.
        var turn: UInt64
    }

    private struct Entries {
        var turn: UInt64 = 0
        var entries: [ObjectIdentifier: Entry] = [:]
    }

    /// The most connections at a time.
    let limit: Int
    private let table = Mutex(Entries())

    init(limit: Int) {
        self.limit = limit
    }

    /// As many as the process's descriptors allow.
    convenience init() {
        var descriptors = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors)
        let room = Int(clamping: descriptors.rlim_cur) - ConnectionTable.reserved
        self.init(limit: min(ConnectionTable.most, max(64, room)))
    }

    var count: Int { table.withLock { $0.entries.count } }

    /// Takes a connection in; false where there is no room for it.
    func enter(_ channel: any Channel) -> Bool {
        let (isWelcome, leaving) = table.withLock { table -> (Bool, (any Channel)?) in
            var leaving: (any Channel)?
            if table.entries.count >= limit {
                let idle = table.entries.filter { !$0.value.isBusy }
                guard let oldest = idle.min(by: { $0.value.turn < $1.value.turn }) else { return (false, nil) }
                leaving = oldest.value.channel
                table.entries[oldest.key] = nil
            }
            table.turn += 1
            table.entries[ObjectIdentifier(channel)] = Entry(channel: channel, turn: table.turn)
            return (true, leaving)
        }
        leaving?.close(promise: nil)
        return isWelcome
    }

    func leave(_ channel: any Channel) {
        table.withLock { $0.entries[ObjectIdentifier(channel)] = nil }
    }

    /// Notes whether a connection waits for an answer.
    func mark(_ channel: any Channel, isBusy: Bool) {
        table.withLock { table in
            table.turn += 1
            table.entries[ObjectIdentifier(channel)]?.isBusy = isBusy
            table.entries[ObjectIdentifier(channel)]?.turn = table.turn
        }
    }
}
