// SPDX-License-Identifier: MIT
import LibraryModel
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("A library's settings change when none of its jobs runs", .timeLimit(.minutes(1)))
struct JobPlanTests {
    private let comics: LibraryName
    private let manga: LibraryName
    private let plan: JobPlan

    init() throws {
        comics = try #require(LibraryName("comics"))
        manga = try #require(LibraryName("manga"))
        let libraries = [comics, manga].map { LibrarySettings(name: $0, root: "/srv/books") }
        plan = JobPlan(JobPlan.Settings(libraries, history: .seconds(1), purgeMissing: nil, quiet: .seconds(2)))
    }

    @Test func `jobs of a library that is held are interrupted and waited for, and others are not`() async {
        #expect(await plan.begin(1, of: comics) == false)
        #expect(await plan.begin(2, of: manga) == false)
        let interrupted = Mutex<Set<Int64>>([])
        await plan.hold([comics]) { jobs in
            interrupted.withLock { $0 = jobs }
            plan.end(1)
        }
        #expect(interrupted.withLock { $0 } == [1])
        #expect(plan.isHeld(comics) && !plan.isHeld(manga) && !plan.isHeld(nil))
    }

    @Test func `a job of a library that is held begins when that is over, with what is in force then`() async {
        await plan.hold([comics]) { _ in }
        async let hasWaited = plan.begin(1, of: comics)
        #expect(await plan.begin(2, of: manga) == false)
        #expect(await plan.begin(3, of: nil) == false)
        plan.change(to: JobPlan.Settings([], history: .seconds(1), purgeMissing: nil, quiet: .seconds(9)))
        plan.release()
        // Whether it came before the end or after it, it has begun now.
        _ = await hasWaited
        let interrupted = Mutex<Set<Int64>>([])
        await plan.hold([comics]) { jobs in
            interrupted.withLock { $0 = jobs }
            plan.end(1)
        }
        #expect(interrupted.withLock { $0 } == [1])
        #expect(plan.settings.libraries.isEmpty && plan.settings.quiet == .seconds(9))
    }
}
