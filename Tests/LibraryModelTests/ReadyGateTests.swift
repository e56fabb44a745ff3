// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

/// Looks at one file: by the second, with a size that stands for its stamp.
private struct Looks {
    static let start = ContinuousClock.now
    static let wallStart: Int64 = 1_700_000_000

    var probe = WriterProbe.quiet

    /// When the file was last changed, in seconds before the first look.
    var age: Double = 0

    func look(_ size: Int64, after seconds: Double, _ content: ReadyGate.Content = .unread) -> ReadyGate.Look {
        let time = Timestamp(nanoseconds: Int64((Double(Self.wallStart) - age) * 1e9) - size)
        let stamp = FileStamp(device: 1, inode: 1, born: nil, size: size, modified: time, changed: time)
        return ReadyGate.Look(
            stamp: stamp,
            probe: probe,
            content: content,
            at: Self.start + .seconds(seconds),
            wallClock: Timestamp(nanoseconds: Int64((Double(Self.wallStart) + seconds) * 1e9))
        )
    }
}

extension ReadyGate.Verdict {
    fileprivate static func pending(_ seconds: Double, _ reason: ReadyGate.Reason) -> ReadyGate.Verdict {
        .pending(until: Looks.start + .seconds(seconds), reason)
    }
}

@Suite("A file that the kernel vouches for is read at once, and one without its end is a copy under way or damaged")
struct ReadyGateTests {
    private var gate = ReadyGate(quiet: .seconds(2))
    private var looks = Looks()

    @Test mutating func `a whole file that nobody writes is ready at once, before and after it is read`() {
        #expect(gate.judge(looks.look(10, after: 0)) == .ready)
        #expect(gate.judge(looks.look(10, after: 0.1, .whole)) == .ready)
    }

    @Test mutating func `two equal looks a second apart call it damaged, and sooner they do not`() {
        #expect(gate.judge(looks.look(10, after: 0, .endMissing)) == .pending(1, .endMissing))
        #expect(gate.judge(looks.look(10, after: 0.5, .endMissing)) == .pending(1, .endMissing))
        #expect(gate.judge(looks.look(10, after: 1, .endMissing)) == .damaged)
    }

    @Test mutating func `it is read again in between, which changes nothing`() {
        #expect(gate.judge(looks.look(10, after: 0)) == .ready)
        #expect(gate.judge(looks.look(10, after: 0, .endMissing)) == .pending(1, .endMissing))
        #expect(gate.judge(looks.look(10, after: 1)) == .ready)
        #expect(gate.judge(looks.look(10, after: 1, .endMissing)) == .damaged)
    }

    @Test mutating func `a file that moves is looked at again after 1, 5, 10, 20, 40, 60 and 60 seconds`() {
        for (step, wait) in [1.0, 5, 10, 20, 40, 60, 60].enumerated() {
            let now = Double(step * 100)
            #expect(gate.judge(looks.look(Int64(step), after: now)) == .ready)
            #expect(gate.judge(looks.look(Int64(step), after: now, .endMissing)) == .pending(now + wait, .endMissing))
        }
        #expect(gate.judge(looks.look(99, after: 1000, .whole)) == .ready)
        #expect(gate.judge(looks.look(100, after: 1100, .endMissing)) == .pending(1101, .endMissing))
    }

    @Test mutating func `a file that moved since then is not damaged a second after the first look`() {
        _ = gate.judge(looks.look(10, after: 0, .endMissing))
        #expect(gate.judge(looks.look(11, after: 10, .endMissing)) == .pending(15, .endMissing))
        #expect(gate.judge(looks.look(11, after: 15, .endMissing)) == .damaged)
    }

    @Test mutating func `a file that just changed is left alone until it is quiet`() {
        #expect(gate.judge(looks.look(10, after: 0)) == .ready)
        #expect(gate.judge(looks.look(11, after: 1)) == .pending(3, .growing))
        #expect(gate.judge(looks.look(11, after: 3)) == .ready)
    }

    @Test mutating func `one that changed some time ago is not`() {
        #expect(gate.judge(looks.look(10, after: 0)) == .ready)
        #expect(gate.judge(looks.look(11, after: 2)) == .ready)
    }

    @Test mutating func `one that changed while it was read is read again when it is quiet, ever more rarely`() {
        #expect(gate.judge(looks.look(10, after: 0, .moved)) == .pending(2, .moved))
        #expect(gate.judge(looks.look(11, after: 2, .moved)) == .pending(7, .moved))
        #expect(gate.judge(looks.look(12, after: 7, .moved)) == .pending(17, .moved))
        #expect(gate.judge(looks.look(12, after: 17)) == .ready)
    }

    @Test mutating func `an event before the time is up looks again soon, however long the wait was`() {
        for step in 0..<6 { _ = gate.judge(looks.look(Int64(step), after: Double(step * 100), .endMissing)) }
        #expect(gate.judge(looks.look(50, after: 510, .endMissing)) == .pending(511, .endMissing))
        #expect(gate.judge(looks.look(50, after: 511, .endMissing)) == .damaged)
    }

    @Test mutating func `times that lie far back or far ahead are only compared`() {
        for age in [1_700_000_000.0, -2_600_000_000, 0] {
            looks.age = age
            gate = ReadyGate(quiet: .seconds(2))
            #expect(gate.judge(looks.look(10, after: 0)) == .ready)
            #expect(gate.judge(looks.look(10, after: 0, .endMissing)) == .pending(1, .endMissing))
            #expect(gate.judge(looks.look(10, after: 1, .endMissing)) == .damaged)
        }
    }

    @Test func `every reason has words of its own`() {
        #expect(Set(ReadyGate.Reason.allCases.map(\.text)).count == ReadyGate.Reason.allCases.count)
    }
}

@Suite("A file that is written or has holes is waited for")
struct BusyFileTests {
    private var gate = ReadyGate(quiet: .seconds(2))
    private let written = Looks(probe: WriterProbe(writers: .some, hasHoles: false, isRemote: false, isExact: true))
    private var holes = Looks(probe: WriterProbe(writers: .none, hasHoles: true, isRemote: false, isExact: true))

    @Test mutating func `a writer is waited for 5, 10, 20, 40, 60 and 60 seconds, whether the file moves or not`() {
        var now = 0.0
        for wait in [5.0, 10, 20, 40, 60, 60] {
            #expect(gate.judge(written.look(10, after: now)) == .pending(now + wait, .written))
            now += wait
        }
        #expect(gate.judge(Looks().look(10, after: now)) == .ready)
    }

    @Test mutating func `an event before the time is up is no attempt`() {
        _ = gate.judge(written.look(10, after: 0))
        for now in [1.0, 2, 3, 4] { #expect(gate.judge(written.look(11, after: now)) == .pending(5, .written)) }
        #expect(gate.judge(written.look(11, after: 5)) == .pending(15, .written))
    }

    @Test mutating func `a writer that comes again is waited for anew`() {
        for now in [0.0, 5, 15] { _ = gate.judge(written.look(10, after: now)) }
        _ = gate.judge(Looks().look(10, after: 35, .endMissing))
        #expect(gate.judge(written.look(10, after: 36)) == .pending(41, .written))
    }

    @Test mutating func `a writer counts more than a missing end, and the end is judged anew after it`() {
        _ = gate.judge(Looks().look(10, after: 0, .endMissing))
        #expect(gate.judge(written.look(10, after: 2, .endMissing)) == .pending(7, .written))
        #expect(gate.judge(Looks().look(10, after: 7, .endMissing)) == .pending(8, .endMissing))
    }

    @Test mutating func `holes are waited for while the file is younger than a day`() {
        #expect(gate.judge(holes.look(10, after: 0)) == .pending(5, .holes))
        #expect(gate.judge(holes.look(10, after: 5)) == .pending(15, .holes))
        holes.age = 86_400
        gate = ReadyGate(quiet: .seconds(2))
        #expect(gate.judge(holes.look(10, after: 0)) == .ready)
    }

    @Test mutating func `holes in a file of a time to come are not waited for, or the wait might never end`() {
        holes.age = -100
        #expect(gate.judge(holes.look(10, after: 0)) == .ready)
    }

    @Test mutating func `holes with a missing end are damaged once nobody fills them any more`() {
        holes.age = 100_000
        _ = gate.judge(holes.look(10, after: 0, .endMissing))
        #expect(gate.judge(holes.look(10, after: 1, .endMissing)) == .damaged)
    }
}

@Suite("Where the kernel cannot tell, two looks must show the same")
struct InexactFileTests {
    private static let unknown = WriterProbe(writers: .unknown, hasHoles: false, isRemote: false, isExact: false)
    private static let blind = WriterProbe(writers: .none, hasHoles: false, isRemote: false, isExact: false)
    private static let remote = WriterProbe(writers: .unknown, hasHoles: false, isRemote: true, isExact: false)

    private var gate = ReadyGate(quiet: .seconds(2))

    @Test(arguments: [(unknown, 2), (blind, 2), (remote, 15)] as [(WriterProbe, Double)])
    mutating func `a young file settles for the quiet time, and on a server for 15 seconds`(
        probe: WriterProbe,
        wait: Double
    ) {
        let looks = Looks(probe: probe)
        #expect(gate.judge(looks.look(10, after: 0)) == .pending(wait, .settling))
        #expect(gate.judge(looks.look(10, after: wait / 2)) == .pending(wait, .settling))
        #expect(gate.judge(looks.look(10, after: wait)) == .ready)
        #expect(gate.judge(looks.look(10, after: wait, .whole)) == .ready)
    }

    @Test(arguments: [(unknown, 1.5, 2.5), (remote, 599, 601)] as [(WriterProbe, Double, Double)])
    mutating func `an old file needs no second look, and on a server one of ten minutes`(
        probe: WriterProbe,
        young: Double,
        old: Double
    ) {
        #expect(gate.judge(Looks(probe: probe, age: old).look(10, after: 0)) == .ready)
        gate = ReadyGate(quiet: .seconds(2))
        #expect(gate.judge(Looks(probe: probe, age: young).look(10, after: 0)) != .ready)
    }

    @Test mutating func `both times must be old: a copy may bear its original's`() {
        var look = Looks(probe: Self.unknown).look(10, after: 0)
        look.stamp.modified = Timestamp(nanoseconds: 0)
        #expect(gate.judge(look) == .pending(2, .settling))
    }

    @Test mutating func `a file of a time to come settles as well, and is not waited for longer`() {
        let looks = Looks(probe: Self.remote, age: -1_000_000)
        #expect(gate.judge(looks.look(10, after: 0)) == .pending(15, .settling))
        #expect(gate.judge(looks.look(10, after: 15)) == .ready)
    }

    @Test mutating func `one that moves from look to look is looked at ever more rarely`() {
        var looks = Looks(probe: Self.unknown)
        var now = 0.0
        for (size, wait) in [2.0, 5, 10, 20, 40, 60, 60].enumerated() {
            looks.age = -now
            #expect(gate.judge(looks.look(Int64(size), after: now)) == .pending(now + wait, .settling))
            now += wait
        }
        #expect(gate.judge(looks.look(6, after: now)) == .ready)
    }

    @Test(arguments: [(unknown, 2), (remote, 15)] as [(WriterProbe, Double)])
    mutating func `without its end it is damaged only after the longer time`(probe: WriterProbe, wait: Double) {
        let looks = Looks(probe: probe, age: 10_000)
        #expect(gate.judge(looks.look(10, after: 0, .endMissing)) == .pending(wait, .endMissing))
        #expect(gate.judge(looks.look(10, after: wait - 0.5, .endMissing)) == .pending(wait, .endMissing))
        #expect(gate.judge(looks.look(10, after: wait, .endMissing)) == .damaged)
    }

    @Test mutating func `any looks at a file that rests end in a verdict`() {
        var random = Xorshift(seed: 5)
        for _ in 0..<100 {
            gate = ReadyGate(quiet: .seconds(2))
            let probe = WriterProbe(
                writers: random.next().isMultiple(of: 2) ? .unknown : .none,
                hasHoles: random.next().isMultiple(of: 2),
                isRemote: random.next().isMultiple(of: 2),
                isExact: random.next().isMultiple(of: 2)
            )
            let age = Double(Int(random.next() % 200_000)) - 100_000
            let looks = Looks(probe: probe, age: age)
            let content = random.next().isMultiple(of: 2) ? ReadyGate.Content.whole : .endMissing
            var now = Double(random.next() % 100)
            var verdict = gate.judge(looks.look(10, after: now, content))
            while case .pending(let until, _) = verdict, now < 200_000 {
                now = ((until - Looks.start) / .seconds(1)).rounded(.up)
                verdict = gate.judge(looks.look(10, after: now, content))
            }
            #expect(verdict == (content == .whole ? .ready : .damaged))
        }
    }
}
