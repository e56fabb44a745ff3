// SPDX-License-Identifier: MIT
import CLinux
import Dispatch
import Glibc
import LibraryModel
import SystemPackage

/// Rings at one instant of the wall clock, and whenever somebody sets that clock.
///
/// A time of day is what clocks show: after they were put forward a timer of the steady clock would ring late, and after
/// a machine has slept as well. Costs nothing while it waits.
struct WallClockAlarm: ~Copyable {
    /// How much later than asked it rings, for a clock that is read in coarser steps must have come to the instant too.
    private static let coarseness: Duration = .milliseconds(1)

    /// One element when it has rung since the last look, however often; for one consumer.
    let rings: AsyncStream<Void>

    private let timer: Int32
    private let source: any DispatchSourceRead

    /// Rings at once, whatever it is set to.
    let ring: @Sendable () -> Void

    /// Rings for nothing but a clock that is set, until ``set(_:)``.
    init() throws(Errno) {
        let timer = clinux_make_wall_timer()
        guard timer >= 0 else { throw Errno(rawValue: -timer) }
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.timer = timer
        rings = stream
        ring = { continuation.yield() }
        source = DispatchSource.makeReadSource(fileDescriptor: timer, queue: .global())
        source.setEventHandler { [ring] in
            // What is read, and whether the clock was set, makes no difference.
            var count: UInt64 = 0
            read(timer, &count, MemoryLayout.size(ofValue: count))
            ring()
        }
        source.setCancelHandler { close(timer) }
        source.activate()
        set(Timestamp(nanoseconds: .max))
    }

    deinit {
        source.cancel()
    }

    /// Rings at `instant` and not at the one before; at once where it has passed.
    func set(_ instant: Timestamp) {
        let (seconds, attoseconds) = ((instant + WallClockAlarm.coarseness) - Timestamp(nanoseconds: 0)).components
        let nanoseconds = UInt32(max(0, attoseconds / 1_000_000_000))
        // Nothing was heard yet of a clock that was set since it was read to find out the instant.
        if clinux_set_wall_timer(timer, max(0, seconds), nanoseconds) == ECANCELED { ring() }
    }
}
