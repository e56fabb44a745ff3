// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@Suite("What somebody waits for comes first, and what would write nothing waits for nobody")
struct JobTests {
    private let paths = ScanScope(["A": ScanScope.Depth(isDeep: true)])

    @Test func `a path that somebody named goes before a library, and that before what happens by itself`() {
        #expect(JobPriority(.user, of: .seriesScan, paths) == .userPath)
        #expect(JobPriority(.user, of: .libraryScan, .library) == .userLibrary)
        #expect(JobPriority(.watch, of: .libraryScan, paths) == .watch)
        #expect(JobPriority(.schedule, of: .libraryScan, .library) == .schedule)
        #expect(JobPriority(.start, of: .libraryScan, .library) == .schedule)
        #expect(JobPriority.userPath < .userLibrary && .userLibrary < JobPriority.watch)
        #expect(JobPriority.watch < .schedule && .schedule < JobPriority.background)
    }

    @Test func `what somebody asks for again is as urgent as what somebody asks for`() {
        for kind in JobKind.allCases {
            for scope in [paths, .library, ScanScope()] {
                #expect(JobPriority(.retry, of: kind, scope) == JobPriority(.user, of: kind, scope), "\(kind)")
            }
        }
    }

    @Test func `thumbnails, and the care of the database, wait for everything else`() {
        for trigger in [JobTrigger.watch, .user, .schedule, .start, .retry] {
            #expect(JobPriority(trigger, of: .thumbnailGeneration, ScanScope()) == .background)
        }
        #expect(JobPriority(.schedule, of: .backup, ScanScope()) == .background)
        #expect(JobPriority(.start, of: .maintenance, ScanScope()) == .background)
        #expect(JobPriority(.user, of: .backup, ScanScope()) == .userLibrary)
    }

    @Test func `each kind has its lane, both kinds of scans the same, and dry runs one of their own`() {
        let usual = JobKind.allCases.map { JobLane(of: $0, ScanOptions()) }
        #expect(usual == [.scan, .scan, .thumbnails, .analysis, .conversion, .backup, .maintenance])
        #expect(JobLane(of: .libraryScan, ScanOptions(dryRun: true)) == .dryRun)
        #expect(JobLane(of: .seriesScan, ScanOptions(dryRun: true)) == .dryRun)
        #expect(JobLane(of: .analyzeMedia, ScanOptions(dryRun: true)) == .analysis)
    }
}
