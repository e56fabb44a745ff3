// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("A burst of changes settles into one release")
struct SettlingTests {
    private var settling = Settling(quiet: .seconds(2), patience: .seconds(30))
    private let start = ContinuousClock.now

    @Test(arguments: [Settling.Change.fileArrived, .directoryAppeared])
    mutating func `the first arrival after silence is released at once`(_ change: Settling.Change) {
        #expect(settling.absorb(change, at: start) == .release)
        #expect(settling.due(at: start) == .idle)
        #expect(settling.absorb(change, at: start + .seconds(2)) == .release)
    }

    @Test mutating func `a second file soon after the first waits for silence`() {
        _ = settling.absorb(.fileArrived, at: start)
        let second = start + .milliseconds(1999)
        #expect(settling.absorb(.fileArrived, at: second) == .wait(until: second + .seconds(2)))
        #expect(settling.due(at: second + .seconds(2)) == .release)
        #expect(settling.due(at: second + .seconds(2)) == .idle)
    }

    @Test mutating func `every file of a burst puts the end of the burst off`() {
        _ = settling.absorb(.fileArrived, at: start)
        for second in 1...10 {
            let now = start + .seconds(second)
            #expect(settling.absorb(.fileArrived, at: now) == .wait(until: now + .seconds(2)))
            #expect(settling.due(at: now + .milliseconds(1500)) == .wait(until: now + .seconds(2)))
        }
    }

    @Test mutating func `a library that never falls quiet is released when patience runs out`() {
        for second in 0..<30 { #expect(settling.absorb(.other, at: start + .seconds(second)) != .release) }
        #expect(settling.due(at: start + .milliseconds(29_999)) == .wait(until: start + .seconds(30)))
        #expect(settling.absorb(.other, at: start + .seconds(30)) == .release)
    }

    @Test mutating func `patience counts from the first change after a release`() {
        _ = settling.absorb(.other, at: start)
        #expect(settling.due(at: start + .seconds(2)) == .release)
        let again = start + .seconds(40)
        #expect(settling.absorb(.other, at: again) == .wait(until: again + .seconds(2)))
    }

    @Test mutating func `a directory is urgent while files keep coming, and a file while directories do`() {
        _ = settling.absorb(.fileArrived, at: start)
        #expect(settling.absorb(.directoryAppeared, at: start + .seconds(1)) == .release)
        #expect(settling.absorb(.fileArrived, at: start + .seconds(1)) == .wait(until: start + .seconds(3)))
        #expect(settling.absorb(.directoryAppeared, at: start + .seconds(2)) == .wait(until: start + .seconds(4)))
    }

    @Test mutating func `an urgent arrival takes along what was gathered`() {
        #expect(settling.absorb(.other, at: start) == .wait(until: start + .seconds(2)))
        #expect(settling.absorb(.fileArrived, at: start + .seconds(1)) == .release)
        #expect(settling.due(at: start + .seconds(2)) == .idle)
    }

    @Test mutating func `other changes never count as an arrival`() {
        for second in 0..<5 { _ = settling.absorb(.other, at: start + .seconds(second)) }
        #expect(settling.absorb(.fileArrived, at: start + .seconds(5)) == .release)
    }

    @Test mutating func `nothing gathered asks for no wake-up`() {
        #expect(settling.due(at: start) == .idle)
        #expect(settling.due(at: start + .seconds(3600)) == .idle)
        _ = settling.absorb(.other, at: start)
        settling.release()
        #expect(settling.due(at: start + .seconds(2)) == .idle)
    }

    @Test mutating func `a name that nobody closes is released a moment after silence`() {
        let due = start + .milliseconds(100)
        #expect(settling.absorb(.fileCreated, at: start) == .wait(until: due))
        #expect(settling.due(at: start + .milliseconds(99)) == .wait(until: due))
        #expect(settling.due(at: due) == .release)
        #expect(settling.due(at: due) == .idle)
    }

    @Test mutating func `a file that is closed within that moment is released at once, and only once`() {
        _ = settling.absorb(.fileCreated, at: start)
        #expect(settling.absorb(.fileArrived, at: start + .milliseconds(40)) == .release)
        #expect(settling.due(at: start + .milliseconds(100)) == .idle)
    }

    @Test mutating func `a copy that takes longer is released at once when it is closed`() {
        _ = settling.absorb(.fileCreated, at: start)
        #expect(settling.due(at: start + .milliseconds(100)) == .release)
        #expect(settling.absorb(.fileArrived, at: start + .milliseconds(500)) == .release)
    }

    @Test mutating func `of many links the first is released soon, and the rest after silence`() {
        _ = settling.absorb(.fileCreated, at: start)
        for step in 1...9 { _ = settling.absorb(.fileCreated, at: start + .milliseconds(10 * step)) }
        #expect(settling.due(at: start + .milliseconds(100)) == .release)
        let next = start + .milliseconds(110)
        #expect(settling.absorb(.fileCreated, at: next) == .wait(until: next + .seconds(2)))
        #expect(settling.absorb(.fileCreated, at: start + .seconds(10)) == .wait(until: start + .milliseconds(10_100)))
    }

    @Test mutating func `a name that appears soon after a file waits for silence`() {
        _ = settling.absorb(.fileArrived, at: start)
        let next = start + .seconds(1)
        #expect(settling.absorb(.fileCreated, at: next) == .wait(until: next + .seconds(2)))
    }

    @Test mutating func `a new name does not end the patience with what came before it`() {
        for second in 0..<30 { _ = settling.absorb(.other, at: start + .seconds(second)) }
        let late = start + .milliseconds(29_950)
        #expect(settling.absorb(.fileCreated, at: late) == .wait(until: start + .seconds(30)))
    }

    @Test mutating func `what the caller hands on for a reason of its own is not handed on again`() {
        _ = settling.absorb(.fileCreated, at: start)
        settling.release()
        #expect(settling.due(at: start + .milliseconds(100)) == .idle)
    }
}
