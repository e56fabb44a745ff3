// SPDX-License-Identifier: MIT

/// Decides whether a file is whole, still being written, or damaged.
///
/// Asked twice: before a file is read, when ``Verdict/ready`` means that it may be, and again with what came of reading
/// it. Where the kernel tells of writers and holes, a quiet file is ready at once. Where it does not, two looks some
/// time apart must show the same. A file without its end is a copy under way as long as it moves, and damaged when it
/// does not.
///
/// Pure: the caller looks, and looks again when told or when an event names the file. Times of files are compared for
/// equality; with the wall clock only to save a second look, or to end a wait.
package struct ReadyGate: Sendable {
    /// The least time between two looks that may call a file damaged, where the probes are exact.
    package static let steadiness: Duration = .seconds(1)

    /// The time between two looks at a file on a server, whose stamp may be old.
    package static let remoteSteadiness: Duration = .seconds(15)

    /// How old a file on a server must be to need no second look.
    package static let remoteAge: Duration = .seconds(600)

    /// How long a file with holes is waited for after its last change.
    package static let holesPatience: Duration = .seconds(86_400)

    /// Waits between looks at a file that keeps changing; the last one repeats.
    package static let backOff: [Duration] = [
        .seconds(5), .seconds(10), .seconds(20), .seconds(40), .seconds(60),
    ]

    /// What came of reading a file.
    package enum Content: Sendable {
        /// Nothing yet.
        case unread

        /// The container ends where its format says.
        case whole
        case endMissing

        /// The file changed while it was read.
        case moved
    }

    /// What one look at a file showed.
    package struct Look: Sendable, Equatable {
        package var stamp: FileStamp
        package var probe: WriterProbe
        package var content: Content
        package var at: ContinuousClock.Instant
        package var wallClock: Timestamp

        package init(
            stamp: FileStamp,
            probe: WriterProbe,
            content: Content,
            at instant: ContinuousClock.Instant,
            wallClock: Timestamp
        ) {
            self.stamp = stamp
            self.probe = probe
            self.content = content
            self.at = instant
            self.wallClock = wallClock
        }
    }

    /// Why a file is not read yet, or what was read of it is not in the catalog.
    package enum Reason: String, Sendable, CaseIterable {
        case written
        case growing
        case holes
        case endMissing
        case moved
        case settling

        /// It is whole; but which book it is shows only after a while.
        case unrecognised

        /// The reason for people, after the name of the file.
        package var text: String {
            switch self {
            case .written: "a program has it open for writing"
            case .growing: "it changed a moment ago"
            case .holes: "parts of it were never written"
            case .endMissing: "its end is not there yet"
            case .moved: "it changed while it was read"
            case .unrecognised: "it may be a book that is gone elsewhere, or a copy of it"
            case .settling: "whether it is still being written shows only after a while"
            }
        }
    }

    package enum Verdict: Sendable, Equatable {
        /// Read it; or, once it is read, what was read holds.
        case ready

        /// Look again then, or when an event names the file.
        case pending(until: ContinuousClock.Instant, Reason)

        /// Nobody writes, and the end is not there: a problem, told at once.
        case damaged
    }

    /// What a waiting file was told the last time.
    private struct Wait {
        var reason: Reason
        var stamp: FileStamp
        var due: ContinuousClock.Instant

        /// How often the file was looked at in time, only to wait again.
        var attempts: Int
    }

    private let quiet: Duration
    private var previous: Look?

    /// When the present stamp was seen first.
    private var steadySince: ContinuousClock.Instant?

    /// When the end was first missing with the present stamp.
    private var truncatedSince: ContinuousClock.Instant?
    private var wait: Wait?

    package init(quiet: Duration) {
        self.quiet = quiet
    }

    package mutating func judge(_ look: Look) -> Verdict {
        let sincePrevious = note(look)
        if look.probe.writers == .some { return persist(.written, look) }
        if look.content == .moved { return pend(.moved, look, for: quiet) }
        if look.probe.hasHoles, look.holesMayBeFilled { return persist(.holes, look) }
        if let sincePrevious, sincePrevious < quiet { return pend(.growing, look, for: quiet) }
        if let rest = settlingTime(look) { return pend(.settling, look, for: rest) }
        guard look.content != .endMissing else { return judgeEnd(look) }
        if look.content == .whole { wait = nil }
        return .ready
    }

    /// Keeps a look for the next, and tells how long ago the last one was where that showed another stamp.
    private mutating func note(_ look: Look) -> Duration? {
        defer { previous = look }
        guard let previous, look.stamp.differs(from: previous.stamp) else {
            steadySince = steadySince ?? look.at
            return nil
        }
        steadySince = look.at
        truncatedSince = nil
        return look.at - previous.at
    }

    /// How long the file must still show the same; `nil` where it has done so, or need not.
    private func settlingTime(_ look: Look) -> Duration? {
        guard look.probe.mayDeceive, !look.isOlder(than: look.probe.isRemote ? ReadyGate.remoteAge : quiet),
            let steadySince
        else { return nil }
        let rest = steadiness(of: look.probe) - (look.at - steadySince)
        return rest > .zero ? rest : nil
    }

    private mutating func judgeEnd(_ look: Look) -> Verdict {
        let since = truncatedSince ?? look.at
        truncatedSince = since
        let rest = max(ReadyGate.steadiness, steadiness(of: look.probe)) - (look.at - since)
        guard rest > .zero else {
            wait = nil
            return .damaged
        }
        return pend(.endMissing, look, for: rest)
    }

    /// The time between two looks that must show the same.
    private func steadiness(of probe: WriterProbe) -> Duration {
        guard probe.mayDeceive else { return ReadyGate.steadiness }
        return probe.isRemote ? ReadyGate.remoteSteadiness : quiet
    }

    /// Waits for something that is sure to be under way, ever longer.
    ///
    /// An event before the time is up changes nothing.
    private mutating func persist(_ reason: Reason, _ look: Look) -> Verdict {
        truncatedSince = nil
        var attempts = 0
        if let wait, wait.reason == reason {
            if look.at < wait.due { return .pending(until: wait.due, reason) }
            attempts = wait.attempts + 1
        }
        return pending(reason, look, for: ReadyGate.backOff(after: attempts), attempts)
    }

    /// Waits for a file to stay as it is, ever longer where it moves from one look in time to the next.
    private mutating func pend(_ reason: Reason, _ look: Look, for rest: Duration) -> Verdict {
        if reason == .moved { truncatedSince = nil }
        guard let wait, !wait.reason.isPersistent else { return pending(reason, look, for: rest, 0) }
        let moves = reason == .moved || look.stamp.differs(from: wait.stamp)
        // A look before the time is up was caused by an event, and the next event may be the last of the copy.
        guard moves, look.at >= wait.due else { return pending(reason, look, for: rest, wait.attempts) }
        let longer = max(rest, ReadyGate.backOff(after: wait.attempts))
        return pending(reason, look, for: longer, wait.attempts + 1)
    }

    private mutating func pending(_ reason: Reason, _ look: Look, for rest: Duration, _ attempts: Int) -> Verdict {
        wait = Wait(reason: reason, stamp: look.stamp, due: look.at + rest, attempts: attempts)
        return .pending(until: look.at + rest, reason)
    }

    private static func backOff(after attempts: Int) -> Duration {
        backOff[min(attempts, backOff.count - 1)]
    }
}

extension ReadyGate.Reason {
    /// Whether something other than the file's own stamp tells that it is not whole.
    fileprivate var isPersistent: Bool { self == .written || self == .holes }
}

extension ReadyGate.Look {
    /// Whether both of the file's times lie longer before the wall clock.
    fileprivate func isOlder(than age: Duration) -> Bool {
        wallClock - stamp.modified > age && wallClock - stamp.changed > age
    }

    /// Whether somebody changed the file in the last day; a time to come says nothing.
    fileprivate var holesMayBeFilled: Bool {
        let age = wallClock - stamp.changed
        // The file may have changed after the clock was read.
        return age > .seconds(-60) && age < ReadyGate.holesPatience
    }
}

extension WriterProbe {
    /// Whether the file may be written, or be a copy under way, and the probes not tell.
    fileprivate var mayDeceive: Bool { !isExact || isRemote || writers == .unknown }
}
