// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@Suite("A directory is compared by difference, never by newness")
struct DirectoryDifferenceTests {
    private static let stamp = FileStamp(
        device: 1,
        inode: 2,
        born: nil,
        size: 100,
        modified: Timestamp(nanoseconds: 500),
        changed: Timestamp(nanoseconds: 600)
    )

    private func difference(
        _ listed: FileStamp? = stamp,
        isMissing: Bool = false,
        isCurrent: Bool = true,
        force: Bool = false
    ) -> DirectoryDifference {
        var known = KnownDirectory()
        let name = FileName("1.cbz")
        known.books = [
            KnownBook(id: 7, name: name, stamp: Self.stamp, isMissing: isMissing, isCurrent: isCurrent)
        ]
        let entries = listed.map { [Listing.Entry(name: name, kind: .book(.cbz, $0))] } ?? []
        let own = DirectoryStamp(device: 1, inode: 1, modified: Self.stamp.modified, changed: Self.stamp.changed)
        return DirectoryDifference(Listing(stamp: own, entries: entries), known, force: force)
    }

    private func changed(_ change: (inout FileStamp) -> Void) -> FileStamp {
        var stamp = Self.stamp
        change(&stamp)
        return stamp
    }

    @Test func `an older time, another size or another ctime is a change; another device or inode is none`() {
        for stamp in [
            changed { $0.modified = Timestamp(nanoseconds: 1) }, changed { $0.size = 99 },
            changed { $0.changed = Timestamp(nanoseconds: 601) },
        ] {
            #expect(difference(stamp).candidates.map(\.known?.id) == [7])
        }
        for stamp in [changed { $0.device = 9 }, changed { $0.inode = 9 }, Self.stamp] {
            #expect(difference(stamp).candidates.isEmpty)
            #expect(difference(stamp).unchanged == 1)
        }
    }

    @Test func `what is not listed is lost once`() {
        #expect(difference(nil).lost.map(\.id) == [7])
        #expect(difference(nil, isMissing: true).lost.isEmpty)
    }

    @Test func `a missing book that is back as it was is restored, and read where it differs`() {
        #expect(difference(isMissing: true).restored.map(\.id) == [7])
        let other = difference(changed { $0.size = 1 }, isMissing: true)
        #expect(other.restored.isEmpty && other.candidates.count == 1)
    }

    @Test func `force and an earlier reader read an unchanged book again`() {
        #expect(difference(force: true).candidates.count == 1)
        #expect(difference(isCurrent: false).candidates.count == 1)
    }

    @Test func `directories are new, kept or lost`() {
        var known = KnownDirectory()
        known.directories = [
            KnownDirectory.Child(id: 1, name: FileName("kept"), isMissing: false),
            KnownDirectory.Child(id: 2, name: FileName("back"), isMissing: true),
            KnownDirectory.Child(id: 3, name: FileName("lost"), isMissing: false),
            KnownDirectory.Child(id: 4, name: FileName("gone"), isMissing: true),
        ]
        let own = DirectoryStamp(device: 1, inode: 1, modified: Self.stamp.modified, changed: Self.stamp.changed)
        let names = ["kept", "back", "new"]
        let entries = names.map { Listing.Entry(name: FileName($0), kind: .directory) }
        let difference = DirectoryDifference(Listing(stamp: own, entries: entries), known, force: false)
        #expect(difference.keptDirectories.map(\.id) == [1])
        #expect(difference.newDirectories.map(\.text) == ["back", "new"])
        #expect(difference.lostDirectories.map(\.id) == [3])
    }
}

@Suite("A file without its end is a copy under way, or damaged")
struct ReadyGateTests {
    private let start = ContinuousClock.now

    private func look(_ size: Int64, after seconds: Double, isWhole: Bool = false) -> ReadyGate.Look {
        let stamp = FileStamp(
            device: 1,
            inode: 1,
            born: nil,
            size: size,
            modified: Timestamp(nanoseconds: size),
            changed: Timestamp(nanoseconds: size)
        )
        return ReadyGate.Look(stamp: stamp, isWhole: isWhole, at: start + .seconds(seconds))
    }

    @Test func `a whole file is ready at once`() {
        var gate = ReadyGate()
        #expect(gate.judge(look(10, after: 0, isWhole: true)) == .ready)
    }

    @Test func `two equal looks a second apart call it damaged, and sooner they do not`() {
        var gate = ReadyGate()
        #expect(gate.judge(look(10, after: 0)) == .pending(until: start + .seconds(1)))
        #expect(gate.judge(look(10, after: 0.5)) == .pending(until: start + .seconds(1)))
        #expect(gate.judge(look(10, after: 1)) == .damaged)
    }

    @Test func `a file that grows is looked at again after 1, 5, 10, 20, 40, 60 and 60 seconds`() {
        var gate = ReadyGate()
        for (step, wait) in [1.0, 5, 10, 20, 40, 60, 60].enumerated() {
            let now = Double(step * 100)
            let verdict = gate.judge(look(Int64(step), after: now))
            #expect(verdict == .pending(until: start + .seconds(now + wait)))
        }
        #expect(gate.judge(look(99, after: 1000, isWhole: true)) == .ready)
    }
}

@Suite("A loss is believed, or held for a person")
struct LossRuleTests {
    @Test(arguments: [
        (1000, 0, false, false), (1000, 49, false, false), (100, 49, false, false), (100, 50, false, true),
        (1000, 199, false, false), (1000, 200, false, true), (3, 3, false, false), (3, 3, true, true),
        (3, 0, true, false),
    ])
    func `fifty books and a fifth of the library, or an empty root`(
        present: Int,
        lost: Int,
        rootIsEmpty: Bool,
        isHeld: Bool
    ) {
        #expect(LossRule(present: present, unwitnessed: lost, rootIsEmpty: rootIsEmpty).holds == isHeld)
    }
}

@Suite("Scopes merge and stay small")
struct ScanScopeTests {
    private let deep = ScanScope.Depth(isDeep: true)
    private let shallow = ScanScope.Depth(isDeep: false)

    @Test func `a deep directory covers what is below it, whichever came first`() {
        for order in [["A", "A/B"], ["A/B", "A"]] {
            var scope = ScanScope()
            for path in order { scope.insert(FilePath(path), path == "A" ? deep : shallow) }
            #expect(scope.directories.keys.sorted { $0.string < $1.string } == ["A"])
        }
        var scope = ScanScope([FilePath("A"): deep])
        scope.insert("AB", shallow)
        #expect(scope.directories.count == 2)
    }

    @Test func `what was witnessed is not forgotten below a deep directory`() {
        var scope = ScanScope([FilePath("A/B"): ScanScope.Depth(isDeep: false, isWitnessed: true)])
        scope.formUnion(.library)
        #expect(scope.isWitnessed("A/B"))
        #expect(scope.starts.map(\.directory) == [FilePath()])
        #expect(scope.paths.isEmpty)
    }

    @Test func `too many directories are the whole library`() {
        var scope = ScanScope()
        for number in 0..<ScanScope.directoryLimit { scope.insert(FilePath("\(number)"), shallow) }
        #expect(!scope.isWholeLibrary)
        scope.insert("one more", shallow)
        #expect(scope == .library)
    }

    @Test func `options of two requests are those of either`() {
        let merged = ScanOptions(force: true).merged(with: ScanOptions(acceptLosses: true))
        #expect(merged == ScanOptions(force: true, acceptLosses: true))
    }
}

@Suite("A job changes its state only forward, but for a crash")
struct JobStateTests {
    @Test func `every pair of states is allowed or not`() {
        let allowed: Set<[JobState]> = [
            [.queued, .running], [.queued, .cancelled], [.running, .queued], [.running, .completed],
            [.running, .cancelled], [.running, .failed],
        ]
        for state in JobState.allCases {
            for next in JobState.allCases { #expect(state.allows(next) == allowed.contains([state, next])) }
        }
    }

    @Test func `a total that is not known is not invented`() {
        var progress = JobProgress(phase: .walk)
        progress.filesDone = 10
        progress.estimate(after: .seconds(5))
        #expect(progress.filesPerSecond == 2)
        #expect(progress.percent == nil && progress.remainingSeconds == nil)
        progress.phase = .read
        progress.filesTotal = 40
        progress.estimate(after: .seconds(5))
        #expect(progress.percent == 25)
        #expect(progress.remainingSeconds == 15)
    }
}
