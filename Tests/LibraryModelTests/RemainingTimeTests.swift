// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@Suite("The time that is left is told from what books and bytes cost so far")
struct RemainingTimeTests {
    /// What each point of a run made of the estimate, and what was left in truth, in seconds.
    private struct Answer {
        var elapsed: Double
        var estimate: Double
        var truth: Double

        /// Against the truth, but two seconds' error is never much.
        var error: Double { abs(estimate - truth) <= 2 ? 0 : abs(estimate - truth) / truth }
    }

    /// The answers from a point on that is given as a share of the whole time.
    private func answers(_ points: [RecordedRun.Point], after share: Double = 0.2) -> [Answer] {
        guard let last = points.last else { return [] }
        var remaining = RemainingTime()
        return points.compactMap { point in
            remaining.note(after: point.elapsed, books: point.books, bytes: point.bytes)
            guard point.elapsed >= last.elapsed * share,
                let estimate = remaining.remaining(ofBooks: last.books, bytes: last.bytes)
            else { return nil }
            return Answer(
                elapsed: point.elapsed / .seconds(1),
                estimate: estimate / .seconds(1),
                truth: (last.elapsed - point.elapsed) / .seconds(1)
            )
        }
    }

    /// How far apart two answers are from what the time between them explains, against the first: at most.
    private func swing(_ answers: [Answer]) -> Double {
        zip(answers, answers.dropFirst())
            .map { abs($1.estimate - $0.estimate + $1.elapsed - $0.elapsed) / max($0.estimate, 2) }
            .max() ?? 0
    }

    /// A run by a model: books of certain sizes, each at the price of a book and of its bytes, with chance.
    private func run(
        books: Int,
        perBook: Double,
        perByte: Double,
        noise: Double = 0.5,
        seed: UInt64 = 1,
        size: (_ share: Double) -> Double
    ) -> [RecordedRun.Point] {
        var random = SplitMix(seed: seed)
        var (seconds, bytes) = (0.0, 0.0)
        return (1...books).map { book in
            let size = size(Double(book) / Double(books)) * Double.random(in: 0.4...1.6, using: &random)
            seconds += (perBook + perByte * size) * Double.random(in: 1 - noise...1 + noise, using: &random)
            bytes += size
            return RecordedRun.Point(elapsed: .seconds(seconds), books: book, bytes: Int64(bytes))
        }
    }

    @Test func `a recorded run is foretold within a quarter after its first fifth`() throws {
        let answers = answers(RecordedRun.steady.points)
        #expect(answers.count > 60)
        #expect(try #require(answers.map(\.error).max()) < 0.25)
        #expect(swing(answers) < 0.15)
        #expect(answers.last?.estimate == 0)
    }

    @Test func `a recorded run that becomes faster is followed, not overtaken`() throws {
        let answers = answers(RecordedRun.quickening.points)
        #expect(try #require(answers.map(\.error).max()) < 0.5)
        #expect(swing(answers) < 0.15)
        #expect(answers.last?.estimate == 0)
    }

    @Test(arguments: [
        // A second to ten minutes in all, at prices of books alone, of bytes alone, and of both.
        (0.02, 0.0), (0.0, 2e-9), (0.01, 1e-9), (0.0001, 1e-8), (0.2, 1e-9),
    ])
    func `small books first and large ones last are foretold, and the reverse`(perBook: Double, perByte: Double) throws
    {
        for isRising in [true, false] {
            let points = run(books: 3000, perBook: perBook, perByte: perByte) { share in
                1e6 + 4e7 * (isRising ? share : 1 - share)
            }
            let answers = answers(points)
            #expect(try #require(answers.map(\.error).max()) < 0.25, "rising: \(isRising)")
            #expect(swing(answers) < 0.25)
        }
    }

    @Test func `series of small books and of large ones are foretold`() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            var random = SplitMix(seed: seed)
            let series: [Double] = (0..<60).map { _ in [5e5, 2e6, 3e7, 1e8][Int.random(in: 0..<4, using: &random)] }
            let points = run(books: 3000, perBook: 0.02, perByte: 1e-9, seed: seed) { series[Int($0 * 59.9)] }
            #expect(try #require(answers(points).map(\.error).max()) < 0.25, "seed \(seed)")
        }
    }

    @Test func `books of one size have one price, whatever it is made of`() throws {
        for noise in [0, 0.9] {
            let points = run(books: 2000, perBook: 0.01, perByte: 1e-9, noise: noise) { _ in 1e7 }
            #expect(try #require(answers(points).map(\.error).max()) < 0.1)
        }
        let empty = run(books: 2000, perBook: 0.01, perByte: 0) { _ in 0 }
        #expect(try #require(answers(empty).map(\.error).max()) < 0.1)
    }

    @Test func `a stall is not the price of what was read meanwhile`() throws {
        var points = run(books: 10_000, perBook: 0.02, perByte: 1e-9) { _ in 1e7 }
        for index in 4000..<points.count { points[index].elapsed += .seconds(60) }
        let answers = answers(points)
        #expect(try #require(answers.filter { $0.elapsed > 181 }.map(\.error).max()) < 0.15)
    }

    @Test func `a disk that becomes a hundred times slower is noticed`() throws {
        let fast = run(books: 60_000, perBook: 0.001, perByte: 0) { _ in 1e6 }
        let slow = run(books: 2000, perBook: 0.1, perByte: 0) { _ in 1e6 }
        let end = try #require(fast.last)
        let points =
            fast + slow.map { .init(elapsed: end.elapsed + $0.elapsed, books: end.books + $0.books, bytes: end.bytes) }
        let estimates = answers(points, after: 0)
        let late = try #require(estimates.first { $0.elapsed > 120 })
        #expect(late.truth > 100)
        // The 1400 books that are left would have been 1.4 s at the old price.
        #expect(late.estimate > 3 && late.estimate < 200)
    }

    @Test func `nothing is said before a second and eight books`() {
        var remaining = RemainingTime()
        #expect(remaining.remaining(ofBooks: 100, bytes: 100) == nil)
        remaining.note(after: .milliseconds(999), books: 50, bytes: 50)
        #expect(remaining.remaining(ofBooks: 100, bytes: 100) == nil)
        remaining.note(after: .seconds(1), books: 50, bytes: 50)
        #expect(remaining.remaining(ofBooks: 100, bytes: 100) != nil)

        remaining = RemainingTime()
        remaining.note(after: .seconds(10), books: 7, bytes: 50)
        #expect(remaining.remaining(ofBooks: 100, bytes: 100) == nil)
        remaining.note(after: .seconds(20), books: 8, bytes: 50)
        #expect(remaining.remaining(ofBooks: 100, bytes: 100) != nil)
    }

    @Test func `nothing is left when all is done, or more than all`() {
        var remaining = RemainingTime()
        remaining.note(after: .seconds(10), books: 100, bytes: 1000)
        #expect(remaining.remaining(ofBooks: 100, bytes: 1000) == .zero)
        #expect(remaining.remaining(ofBooks: 90, bytes: 900) == .zero)
        #expect(remaining.remaining(ofBooks: 0, bytes: -1) == .zero)
        remaining.note(after: .seconds(100), books: 100, bytes: 1000)
        #expect(remaining.remaining(ofBooks: 100, bytes: 1000) == .zero)
    }

    @Test func `time goes by while the last large book is read, and the estimate is never negative`() throws {
        var remaining = RemainingTime()
        for second in 1...100 { remaining.note(after: .seconds(second), books: second, bytes: Int64(second)) }
        let before = try #require(remaining.remaining(ofBooks: 120, bytes: 120))
        #expect(abs(before / .seconds(1) - 20) < 0.1)
        var last = before
        for second in 101...400 {
            remaining.note(after: .seconds(second), books: 100, bytes: 100)
            let estimate = try #require(remaining.remaining(ofBooks: 120, bytes: 120))
            #expect(estimate > .zero && estimate < last)
            if second <= 110 { #expect(abs((last - estimate) / .seconds(1) - 1) < 0.01) }
            last = estimate
        }
    }

    @Test func `numbers that run backwards, or that there cannot be, do no harm`() throws {
        var remaining = RemainingTime()
        for (seconds, books, bytes) in [(0, 0, 0), (-5, -5, -5), (2, 10, .max), (1, 5, 3), (.max, .max, .min)] {
            remaining.note(after: .seconds(Int64(seconds)), books: books, bytes: Int64(bytes))
        }
        let left = try #require(remaining.remaining(ofBooks: .max, bytes: .max))
        #expect(left >= .zero)

        remaining = RemainingTime()
        remaining.note(after: .seconds(Int64.max), books: 8, bytes: 0)
        let ages = try #require(remaining.remaining(ofBooks: .max, bytes: .max))
        #expect(ages <= .seconds(3_200_000_000))
    }

    @Test func `how often it is told makes no great difference`() throws {
        let points = run(books: 20_000, perBook: 0.005, perByte: 5e-10) { 1e6 + 4e7 * $0 * $0 }
        let rare = points.enumerated().filter { $0.offset % 500 == 499 }.map(\.element)
        #expect(try #require(answers(rare).map(\.error).max()) < 0.25)
        #expect(try #require(answers(points).map(\.error).max()) < 0.25)
    }
}
