// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage
import Testing

@testable import StumpDaemon

@Suite("What happens by itself comes once at each of its times")
struct AgendaTests {
    private let noon = Timestamp(seconds: 1_781_524_800, nanoseconds: 0)
    private let books: Agenda.Work

    init() throws {
        books = .scan(try #require(LibraryName("books")))
        try #require(noon.rfc3339 == "2026-06-15T12:00:00.000Z")
    }

    private func agenda(
        _ schedule: String,
        backup: BackupPlan = .off,
        recalling runs: [String: ScheduledRun] = [:]
    ) throws -> Agenda {
        var configuration = Configuration()
        var library = LibrarySettings(name: try #require(books.library), root: "/srv/books")
        library.schedule = try Schedule(schedule)
        configuration.libraries = [library]
        configuration.backup = backup
        var agenda = Agenda(configuration)
        agenda.recall(runs)
        return agenda
    }

    private func plan(_ agenda: inout Agenda, at now: Timestamp, random: Double = 0) -> [Agenda.Work] {
        agenda.plan(at: now, in: .utc) { random }.map(\.work)
    }

    private func finish(_ agenda: inout Agenda, _ work: Agenda.Work, at now: Timestamp, isDone: Bool = true) {
        agenda.finish(work, isDone: isDone, at: now, in: .utc, random: 0)
    }

    private func next(_ work: Agenda.Work, _ agenda: Agenda) -> String? {
        agenda.items.first { $0.work == work }?.next.map { String($0.rfc3339.prefix(16)) }
    }

    @Test func `a library without a schedule is not on it, nor is a backup that is off; maintenance always is`() throws
    {
        #expect(try agenda("off").items.map(\.work) == [.maintenance])
        let all = try agenda("03:30", backup: .daily).items
        #expect(all.map(\.work) == [books, .backup, .maintenance])
        #expect(all.map(\.spec) == ["03:30", "daily", "daily"])
        #expect(all.map(\.work.key) == ["scan:books", "backup", "maintenance"])
    }

    @Test func `nothing is due at the very first start, and all is planned`() throws {
        var agenda = try agenda("03:30", backup: .daily)
        #expect(agenda.next == nil)
        #expect(plan(&agenda, at: noon).isEmpty)
        #expect(next(books, agenda) == "2026-06-16T03:30")
        #expect(next(.backup, agenda) == "2026-06-16T12:00")
        #expect(agenda.next?.rfc3339 == "2026-06-16T03:30:00.000Z")
        #expect(Set(agenda.unnoted.keys) == ["scan:books", "backup", "maintenance"])
    }

    @Test func `each day has its run, whatever delay was drawn`() throws {
        var agenda = try agenda("03:30")
        for day in 0..<3 {
            let now = noon + .seconds(day * 86_400)
            #expect(plan(&agenda, at: now, random: 0.99) == (day == 0 ? [] : [.maintenance]))
            finish(&agenda, .maintenance, at: now)
            #expect(next(books, agenda) == "2026-06-\(16 + day)T03:34")
            let time = now + .seconds(15 * 3600 + 35 * 60)
            #expect(plan(&agenda, at: time, random: 0.99) == [books])
            agenda.finish(books, isDone: true, at: time, in: .utc, random: 0.99)
            #expect(plan(&agenda, at: time, random: 0).isEmpty)
        }
    }

    @Test func `what came due while the daemon was down is due once, however often it was`() throws {
        let planned = noon + .seconds(-10 * 86_400)
        let runs = [
            "scan:books": ScheduledRun(spec: "every 6h", next: planned),
            "backup": ScheduledRun(spec: "daily", next: planned),
        ]
        var agenda = try agenda("every 6h", backup: .daily, recalling: runs)
        let due = agenda.plan(at: noon, in: .utc) { 0 }
        #expect(due == [Agenda.Due(work: books, isMissed: true), Agenda.Due(work: .backup, isMissed: true)])
        for work in due.map(\.work) { finish(&agenda, work, at: noon) }
        #expect(plan(&agenda, at: noon).isEmpty)
        #expect(next(books, agenda) == "2026-06-15T18:00")
        #expect(next(.backup, agenda) == "2026-06-16T12:00")
        #expect(agenda.unnoted["backup"]?.last == noon)
    }

    @Test func `a period goes on from the last run, not from the start of the daemon`() throws {
        let run = ScheduledRun(spec: "every 6h", last: noon + .seconds(-3600), next: noon + .seconds(5 * 3600))
        var agenda = try agenda("every 6h", recalling: ["scan:books": run])
        #expect(plan(&agenda, at: noon).isEmpty)
        #expect(next(books, agenda) == "2026-06-15T17:00")
        #expect(agenda.unnoted["scan:books"] == nil)
    }

    @Test func `the plan of a schedule that was changed does not count, its last run does`() throws {
        let run = ScheduledRun(spec: "03:30", last: noon + .seconds(-3600), next: noon + .seconds(-60))
        var agenda = try agenda("every 2h", recalling: ["scan:books": run])
        #expect(plan(&agenda, at: noon).isEmpty)
        #expect(next(books, agenda) == "2026-06-15T13:00")
        #expect(agenda.unnoted["scan:books"]?.spec == "every 2h")
        #expect(agenda.unnoted["scan:books"]?.last == run.last)
    }

    @Test func `a schedule that was taken out and is put back has missed nothing`() throws {
        let run = ScheduledRun(spec: "03:30", last: noon, next: noon + .seconds(15 * 3600))
        let without = try agenda("off", recalling: ["scan:books": run])
        let kept = without.unnoted["scan:books"]
        #expect(kept == ScheduledRun(spec: "off", last: noon))
        #expect(try agenda("off", recalling: ["scan:books": try #require(kept)]).unnoted.isEmpty)
        var again = try agenda("03:30", recalling: ["scan:books": try #require(kept)])
        #expect(plan(&again, at: noon + .seconds(30 * 86_400)).isEmpty)
    }

    @Test(arguments: ["03:30", "every 6h", "@weekly"])
    func `a clock that was set back a year is followed, and the year not waited for`(schedule: String) throws {
        var agenda = try agenda(schedule, backup: .daily)
        _ = plan(&agenda, at: noon)
        let due = noon + .seconds(8 * 86_400)
        for work in plan(&agenda, at: due) { finish(&agenda, work, at: due) }
        let past = noon + .seconds(-365 * 86_400)
        #expect(plan(&agenda, at: past, random: 0.5).isEmpty)
        for item in agenda.items {
            let next = try #require(item.next)
            #expect(next > past && next <= past + .seconds(7 * 86_400 + 300), "\(item.work.key)")
            #expect(agenda.unnoted[item.work.key]?.next == next)
        }
        #expect(plan(&agenda, at: past + .seconds(8 * 86_400)).count == 3)
    }

    @Test func `what is left out is not done, and comes at its next time`() throws {
        let run = ScheduledRun(spec: "every 6h", last: noon + .seconds(-6 * 3600), next: noon)
        var agenda = try agenda("every 6h", recalling: ["scan:books": run])
        #expect(plan(&agenda, at: noon) == [books])
        finish(&agenda, books, at: noon, isDone: false)
        #expect(plan(&agenda, at: noon).isEmpty)
        #expect(next(books, agenda) == "2026-06-15T18:00")
        #expect(agenda.unnoted["scan:books"]?.last == run.last)
    }

    @Test func `what was done is not done again while it cannot be noted`() throws {
        let run = ScheduledRun(spec: "03:30", next: noon)
        var agenda = try agenda("03:30", recalling: ["scan:books": run])
        #expect(plan(&agenda, at: noon) == [books])
        finish(&agenda, books, at: noon)
        #expect(plan(&agenda, at: noon + .seconds(60)).isEmpty)
        let unnoted = try #require(agenda.unnoted["scan:books"])
        #expect(unnoted.last == noon)
        agenda.note(unnoted, of: "scan:books")
        #expect(agenda.unnoted["scan:books"] == nil)
        #expect(plan(&agenda, at: noon + .seconds(120)).isEmpty && agenda.unnoted["scan:books"] == nil)
    }
}
