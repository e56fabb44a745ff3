// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore

/// What the daemon does by itself: of each thing when it was done last, and when it will be next.
///
/// Pure: the caller says what the time is, does what is due, and keeps what has changed in the database.
struct Agenda: Sendable {
    enum Work: Hashable, Sendable {
        case scan(LibraryName)
        case backup
        case maintenance

        /// Names it in the database.
        var key: String {
            if case .scan(let library) = self { "scan:\(library)" } else { name }
        }

        /// The API's word.
        var name: String {
            switch self {
            case .scan: "scan"
            case .backup: "backup"
            case .maintenance: "maintenance"
            }
        }

        /// `nil` for what concerns all of them.
        var library: LibraryName? {
            if case .scan(let library) = self { library } else { nil }
        }
    }

    struct Item: Sendable {
        let work: Work

        /// As the configuration has it, such as `every 6h` or `daily`.
        let spec: String
        let schedule: Schedule
        fileprivate(set) var last: Timestamp?

        /// `nil` until it is planned.
        fileprivate(set) var next: Timestamp?

        fileprivate var run: ScheduledRun { ScheduledRun(spec: spec, last: last, next: next) }
    }

    /// What is due, and whether it should have been done long ago.
    struct Due: Equatable, Sendable {
        let work: Work
        let isMissed: Bool
    }

    /// What the text of a schedule that is not there any more is noted as.
    private static let off = "off"

    private(set) var items: [Item]

    /// What the database has, or has to be told of, by key.
    private var noted: [String: ScheduledRun] = [:]
    private(set) var unnoted: [String: ScheduledRun] = [:]

    init(_ configuration: Configuration) {
        items = configuration.libraries.compactMap { library in
            library.schedule.map { Item(work: .scan(library.name), spec: $0.text, schedule: $0) }
        }
        if configuration.backup == .daily { items.append(Item(work: .backup, spec: "daily", schedule: .daily)) }
        items.append(Item(work: .maintenance, spec: "daily", schedule: .daily))
    }

    /// When something is due next; `nil` until all is planned.
    var next: Timestamp? { items.compactMap(\.next).min() }

    /// Takes in what was noted before the last end.
    ///
    /// The plan of a schedule that was changed does not count. One that was taken out is noted as such, so that it does
    /// not count as missed when it is back.
    mutating func recall(_ runs: [String: ScheduledRun]) {
        noted = runs
        for index in items.indices {
            guard let run = runs[items[index].work.key] else { continue }
            items[index].last = run.last
            items[index].next = run.spec == items[index].spec ? run.next : nil
        }
        let keys = Set(items.map(\.work.key))
        for (key, run) in runs where !keys.contains(key) && run.spec != Agenda.off {
            unnoted[key] = ScheduledRun(spec: Agenda.off, last: run.last)
        }
    }

    /// Plans what has no plan, or one that a clock made which was set back since; gives what is due.
    mutating func plan(at now: Timestamp, in zone: LocalTime, random: () -> Double) -> [Due] {
        var due: [Due] = []
        for index in items.indices {
            let item = items[index]
            let rule = ScheduleRule(item.schedule, in: zone)
            switch rule.step(planned: item.next, last: item.last, now: now, random: random()) {
            case .due(let isMissed): due.append(Due(work: item.work, isMissed: isMissed))
            case .wait(let until): change(index) { $0.next = until }
            }
        }
        return due
    }

    /// Plans anew what was due at `now`, and was done then or left out.
    mutating func finish(_ work: Work, isDone: Bool, at now: Timestamp, in zone: LocalTime, random: Double) {
        guard let index = items.firstIndex(where: { $0.work == work }) else { return }
        let last = isDone ? now : items[index].last
        let rule = ScheduleRule(items[index].schedule, in: zone)
        guard case .wait(let next) = rule.step(planned: nil, last: last, now: now, random: random) else { return }
        change(index) { ($0.last, $0.next) = (last, next) }
    }

    /// Takes in that something is in the database.
    mutating func note(_ run: ScheduledRun, of key: String) {
        noted[key] = run
        if unnoted[key] == run { unnoted[key] = nil }
    }

    private mutating func change(_ index: Int, _ change: (inout Item) -> Void) {
        change(&items[index])
        let key = items[index].work.key
        unnoted[key] = items[index].run == noted[key] ? nil : items[index].run
    }
}

extension Schedule {
    /// Whenever the last run is 24 hours old.
    fileprivate static let daily: Schedule = {
        guard let schedule = try? Schedule("every 24h") else { preconditionFailure("a day is no period") }
        return schedule
    }()
}
