// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("What events do not tell is looked over from time to time, seldom where that costs or finds nothing")
struct PollPlanTests {
    private static let local = FileSystemTrust(magic: 0x794C_7630, name: "overlay")
    private static let union = FileSystemTrust(magic: 0x6573_5546, name: "fuse.mergerfs")
    private static let server = FileSystemTrust(magic: 0x6969, name: "nfs")
    private static let objects = FileSystemTrust(magic: 0x6573_5546, name: "fuse.rclone")
    private let start = ContinuousClock.now

    private func plan(_ trust: FileSystemTrust, minutes: Int = 5, isForced: Bool = false) -> PollPlan {
        var plan = PollPlan(interval: .seconds(minutes * 60), trust: trust, isForced: isForced)
        plan.start(at: start)
        return plan
    }

    /// Sweeps when told, and returns the minutes from the end of each sweep to the next.
    private func pauses(_ plan: inout PollPlan, found: [Int], took: Duration = .zero) -> [Double] {
        var last = plan.next().at
        return found.map { found in
            let next = plan.next()
            plan.finish(next.sweep, took: took, found: found, at: next.at)
            last = next.at
            return (plan.next().at - last) / .seconds(60)
        }
    }

    @Test func `the first sweep comes one interval after the start`() {
        let next = plan(Self.local).next()
        #expect(next.at == start + .seconds(300))
        #expect(next.sweep == .directories)
    }

    @Test func `three sweeps that find nothing make the next ones rarer, up to an hour`() {
        var plan = plan(Self.local)
        let pauses = pauses(&plan, found: Array(repeating: 0, count: 24))
        #expect(pauses.prefix(7) == [5, 5, 7.5, 7.5, 7.5, 11.25, 11.25])
        #expect(pauses.last == 60)
    }

    @Test func `a sweep that finds something makes them as frequent as before`() {
        var plan = plan(Self.local)
        #expect(pauses(&plan, found: [0, 0, 0, 1, 0, 0, 0]) == [5, 5, 7.5, 5, 5, 5, 7.5])
    }

    @Test func `where no events come at all, finding nothing proves nothing`() {
        var plan = plan(Self.local, isForced: true)
        #expect(pauses(&plan, found: Array(repeating: 0, count: 24)).allSatisfy { $0 == 5 })
    }

    @Test func `an interval of more than an hour stays as it is`() {
        var plan = plan(Self.local, minutes: 120)
        #expect(pauses(&plan, found: [0, 0, 0, 0]) == [120, 120, 120, 120])
    }

    @Test func `a sweep takes at most a fiftieth of the time, forced or not`() {
        for isForced in [true, false] {
            var plan = plan(Self.local, isForced: isForced)
            #expect(pauses(&plan, found: [1], took: .seconds(60)) == [50])
            #expect(pauses(&plan, found: [1], took: .seconds(120)) == [100])
            #expect(pauses(&plan, found: [1], took: .seconds(1)) == [5])
        }
    }

    @Test func `where directories' times cannot be trusted their names are listed`() {
        #expect(plan(Self.union).next().sweep == .names)
        #expect(plan(Self.objects).next().sweep == .names)
        #expect(plan(Self.server).next().sweep == .directories)
    }

    @Test(arguments: [(local, 360), (server, 360), (objects, 360), (union, 15)])
    func `books written in place are looked for every six hours, and on a union every quarter`(
        trust: FileSystemTrust,
        minutes: Int
    ) {
        var plan = plan(trust)
        var lastFiles = start
        for _ in 0..<400 {
            let next = plan.next()
            let isDue = next.at - lastFiles >= .seconds(minutes * 60)
            #expect((next.sweep == .files) == isDue)
            if isDue { lastFiles = next.at }
            plan.finish(next.sweep, took: .zero, found: 1, at: next.at)
        }
        #expect(lastFiles > start)
    }
}

@Suite("Verifying after overflows is prompt, and not endless")
struct VerifyPaceTests {
    private let start = ContinuousClock.now
    private var pace = VerifyPace()

    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test mutating func `the first overflow asks for a pass at once, and more before it begins for no other`() {
        #expect(pace.due() == nil)
        pace.overflow(at: start)
        pace.overflow(at: start + .milliseconds(5))
        #expect(pace.due() == start)
        pace.started()
        pace.finished(at: at(3))
        #expect(pace.due() == nil)
    }

    @Test mutating func `an overflow during a pass asks for another one, a minute later`() {
        pace.overflow(at: start)
        pace.started()
        pace.overflow(at: at(1))
        pace.finished(at: at(3))
        #expect(pace.due() == at(63))
    }

    @Test mutating func `without word of the beginning, what comes before the end may be too late for the pass`() {
        pace.overflow(at: start)
        pace.overflow(at: at(1))
        pace.finished(at: at(3))
        #expect(pace.due() == at(63))
    }

    @Test mutating func `while overflows go on, the passes come ever more rarely, up to 15 minutes apart`() {
        var now = start
        var gaps: [Duration] = []
        for _ in 0..<7 {
            pace.overflow(at: now)
            let due = pace.due() ?? now
            gaps.append(due - now)
            pace.started()
            pace.finished(at: due)
            now = due
        }
        #expect(gaps == [0, 60, 120, 240, 480, 900, 0].map { .seconds($0) })
    }

    @Test mutating func `an overflow some time after a pass waits only for the rest`() {
        pace.overflow(at: start)
        pace.finished(at: at(10))
        pace.overflow(at: at(50))
        #expect(pace.due() == at(70))
        pace.finished(at: at(71))
        pace.overflow(at: at(500))
        #expect(pace.due() == at(500))
    }

    @Test mutating func `after 15 minutes of calm the next pass is at once, and the one after it a minute later`() {
        pace.overflow(at: start)
        pace.finished(at: at(1))
        pace.overflow(at: at(2))
        pace.finished(at: at(61))
        pace.overflow(at: at(902))
        #expect(pace.due() == at(902))
        pace.finished(at: at(903))
        pace.overflow(at: at(904))
        #expect(pace.due() == at(963))
    }
}
