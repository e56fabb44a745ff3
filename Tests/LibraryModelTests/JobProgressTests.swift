// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("Progress tells what is known")
struct JobProgressTests {
    @Test func `a total that is not known is not invented`() {
        var progress = JobProgress(phase: .walk)
        progress.filesDone = 10
        progress.estimate(after: .seconds(5)) { _ in .seconds(1) }
        #expect(progress.filesPerSecond == 2)
        #expect(progress.percent == nil && progress.remainingSeconds == nil)
        progress.phase = .read
        progress.filesTotal = 40
        progress.estimate(after: .seconds(5)) { total in .seconds(total.files) / 2 }
        #expect(progress.percent == 25)
        #expect(progress.remainingSeconds == 20)
    }

    @Test func `what was done before the phase began says nothing of its rate`() {
        var progress = JobProgress(phase: .decode)
        (progress.filesDone, progress.filesTotal) = (110, 220)
        progress.estimate(after: .seconds(5), since: 100) { _ in nil }
        #expect(progress.filesPerSecond == 2)
        #expect(progress.percent == 50)
        #expect(progress.remainingSeconds == nil)
    }

    @Test func `more than the total is still all, and no time has no rate`() {
        var progress = JobProgress(phase: .read)
        (progress.filesDone, progress.filesTotal) = (3, 2)
        progress.estimate(after: .zero) { _ in .zero }
        #expect(progress.percent == 100)
        #expect(progress.filesPerSecond == nil)
    }
}
