// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("Finished jobs are forgotten by age, but never the last of a library")
struct HistoryRuleTests {
    private typealias Entry = HistoryRule.Entry<String>
    private let now = Timestamp(seconds: 2_000_000_000, nanoseconds: 0)

    /// Jobs of one library, one a day, the newest `newest` days old.
    private func daily(_ count: Int, of library: String?, newest: Int = 0, firstID: Int64 = 1000) -> [Entry] {
        (0..<count).map { number in
            let day = Int64(newest + number)
            let finishedAt = Timestamp(nanoseconds: now.nanoseconds - day * 86_400_000_000_000)
            return Entry(id: firstID - Int64(number), group: library, finishedAt: finishedAt)
        }
    }

    @Test func `what is older than 90 days goes, and what is just as old stays`() {
        #expect(HistoryRule().expired(daily(94, of: "comics"), at: now) == [909, 908, 907])
    }

    @Test func `the last 20 stay however old they are`() {
        #expect(HistoryRule().expired(daily(20, of: "comics", newest: 4000), at: now).isEmpty)
        #expect(HistoryRule().expired(daily(21, of: "comics", newest: 4000), at: now) == [980])
    }

    @Test func `each library is counted for itself, and all jobs without one together`() {
        let old = (0..<21).flatMap { number in
            [("comics", 100), ("books", 200), (nil, 300)].map { library, first in
                daily(1, of: library, newest: 100 + number, firstID: Int64(first - number))[0]
            }
        }
        #expect(HistoryRule().expired(old, at: now) == [80, 180, 280])
        #expect(
            HistoryRule().expired(daily(20, of: nil, newest: 100) + daily(20, of: "", newest: 100), at: now).isEmpty
        )
    }

    @Test func `a job that seems to have ended in the future stays`() {
        #expect(
            HistoryRule(age: .zero).expired(daily(60, of: "comics", newest: -50), at: now) == (0..<9).map { 949 - $0 }
        )
    }

    @Test func `another age may be asked for`() {
        #expect(HistoryRule(age: .seconds(30 * 86_400)).expired(daily(33, of: "comics"), at: now) == [969, 968])
        #expect(HistoryRule().expired([Entry](), at: now).isEmpty)
    }
}
