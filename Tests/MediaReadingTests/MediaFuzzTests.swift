// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel
import Support
import Testing

@testable import LibraryScan

/// Short here; `make fuzz-media SECONDS=600` runs it at length, and `SECONDS=1 SEED=n` again what a run found.
@Suite("Whatever a file holds, it has a verdict, and the books beside it are read")
struct MediaFuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let time = environment["FUZZ_SECONDS"].flatMap { Double($0) }
    private static let firstSeed = UInt64(environment["FUZZ_SEED"] ?? "") ?? 1

    /// How many books are damaged where nobody said for how long.
    private static let shortRun = 960

    /// Books that are asked about at once, among which the good ones lie.
    private static let batch = 24

    /// What no worker may have at once: the largest page that is decoded, in four bytes a pixel, and what belongs to it.
    private static let memoryLimit = 700 << 20

    private struct GoodBook {
        var bytes: [UInt8]
        var format: MediaFormat

        func question(_ number: Int) -> FuzzBench.Question {
            let task = WorkRequest.Task.facts(readsMetadata: true, checksParts: true)
            return FuzzBench.Question(bytes: bytes, promised: format, task: task, number: Int64(-1 - number))
        }

        func isRead(_ answer: FuzzBench.Answer) -> Bool {
            guard case .done(.facts(let facts)) = answer.outcome else { return false }
            return facts.findings.isEmpty && facts.pages == 3 && facts.metadata.text(.title) == "Kept"
                && facts.format == format
        }
    }

    @Test func `damaged books cost a worker at most, and no other book, no room and no file`() async throws {
        let fixtures = try FuzzFixtures()
        let goodBooks = try Container.all.map { GoodBook(bytes: try $0.comic(), format: $0.format) }
        let bench = try FuzzBench()
        let before = try FileManager.default.contentsOfDirectory(atPath: ".")
        let start = ContinuousClock.now
        var tally = FuzzTally()
        var inputs = try Self.inputs(from: Self.firstSeed, of: fixtures)
        while Self.time.map({ start.duration(to: .now) < .seconds($0) }) ?? (tally.inputs < Self.shortRun) {
            let following = inputs[0].seed &+ UInt64(Self.batch)
            // Made while the workers read those before.
            async let next = Self.inputs(from: following, of: fixtures)
            try await run(inputs, goodBooks, bench, &tally)
            inputs = try await next
            if Self.time != nil, tally.inputs % (Self.batch * 100) == 0 {
                print("fuzz-media: \(tally.inputs) books, up to SEED=\(inputs[0].seed)")
            }
        }
        for complaint in try bench.end() { Issue.record("\(complaint)") }
        let after = try FileManager.default.contentsOfDirectory(atPath: ".")
        #expect(Set(after).subtracting(before).filter { $0.hasPrefix("core") } == [])
        #expect(bench.peak < Self.memoryLimit, "a worker had \(bench.peak >> 20) MiB")
        print(tally.table(peak: bench.peak))
    }

    private static func inputs(from seed: UInt64, of fixtures: FuzzFixtures) throws -> [FuzzInput] {
        try (0..<UInt64(batch)).map { try FuzzInput(seed: seed &+ $0, of: fixtures) }
    }

    /// Asks about damaged books, after every fourth about a good one.
    private func run(
        _ inputs: [FuzzInput],
        _ goodBooks: [GoodBook],
        _ bench: FuzzBench,
        _ tally: inout FuzzTally
    ) async throws {
        var questions: [FuzzBench.Question] = []
        var good: [(place: Int, book: GoodBook)] = []
        for (number, input) in inputs.enumerated() {
            questions += FuzzVerdict.questions(about: input)
            guard number % 4 == 3 else { continue }
            let book = goodBooks[(tally.inputs + number) / 4 % goodBooks.count]
            good.append((questions.count, book))
            questions.append(book.question(number))
        }
        var answers = try await bench.ask(questions)
        for (place, book) in good.reversed() where !book.isRead(answers.remove(at: place)) {
            Issue.record("a good book is not read as it is beside SEED=\(inputs[0].seed)")
            for input in inputs { try keep(input) }
        }
        var conversions: [FuzzConversion] = []
        for (place, input) in inputs.enumerated() {
            let verdict = FuzzVerdict(input, answers[(place * FuzzVerdict.count)...].prefix(FuzzVerdict.count))
            tally.count(
                facts: Self.report(verdict.facts),
                thumbnail: Self.report(verdict.thumbnail),
                pages: Self.report(verdict.pages),
                conversion: Self.report(verdict.conversion)
            )
            for complaint in verdict.complaints { try record(complaint, input) }
            if let conversion = FuzzConversion(verdict) { conversions.append(conversion) }
        }
        try await judge(conversions, bench)
        try judgeDeaths(in: bench, inputs, &tally)
    }

    /// Asks about the books that were converted.
    private func judge(_ conversions: [FuzzConversion], _ bench: FuzzBench) async throws {
        let answers = try await bench.ask(conversions.flatMap(\.questions))
        for (place, conversion) in conversions.enumerated() {
            let own = answers[(place * FuzzConversion.count)...].prefix(FuzzConversion.count)
            for complaint in conversion.complaints(own) { try record(complaint, conversion.input) }
        }
    }

    /// A death by a library is a verdict, of which the input is kept; one by us is a failure.
    private func judgeDeaths(in bench: FuzzBench, _ inputs: [FuzzInput], _ tally: inout FuzzTally) throws {
        let deaths = bench.deaths.takeAll()
        if deaths.isEmpty { return }
        let words = bench.lastWords()
        for death in deaths {
            tally.count(death: death)
            let input = inputs.first { String(Int64(bitPattern: $0.seed)) == death.book }
            print(
                "fuzz-media: SEED=\(death.book), \(input?.name ?? "a good book"): \(death.reason) \(words.prefix(2000))"
            )
            if let input { try keep(input) }
            let isOurs = death.isTrap || death.isOutbreak || death.isOvertime || input == nil
            if isOurs || words.contains("Fatal error") || words.contains("Fatal access") {
                Issue.record("SEED=\(death.book): \(death.reason) \(words.prefix(2000))")
            }
        }
    }

    private func record(_ complaint: String, _ input: FuzzInput) throws {
        Issue.record("\(complaint) (\(input.name), again: make fuzz-media SECONDS=1 SEED=\(input.seed))")
        try keep(input)
    }

    /// Writes a book to where `FUZZ_KEEP` says.
    private func keep(_ input: FuzzInput) throws {
        guard let folder = Self.environment["FUZZ_KEEP"] else { return }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(input.bytes).write(to: URL(fileURLWithPath: "\(folder)/\(input.seed).\(input.promised.rawValue)"))
    }

    private static func report(_ answer: FuzzBench.Answer) -> WorkReport.Outcome? {
        if case .done(let report) = answer.outcome { report } else { nil }
    }
}
