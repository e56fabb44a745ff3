// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

/// A daemon that converts books and meets a fault, and another one that goes on after it.
struct ConversionRound {
    let fault: ConversionFault

    /// The longest that jobs may take under a tracer.
    private static let patience: Duration = .seconds(20)

    /// - Returns: what is wrong, and whether the fault was met by the daemon.
    func run() async throws -> (verdict: Verdict, isMet: Bool) {
        var home = try RunningDaemon.Home()
        let originals = ["retain", "keep", "remove"][fault.count % 3]
        home.configuration = DaemonFile(libraries: ["books": home.library], conversion: "originals = \"\(originals)\"")
        let books = (1...2).map { ConvertibleBook(number: $0 + fault.count % 2) }
        try home.directory.makeDirectory("library/S")
        for book in books { try home.directory.write(FilePath("library/S/\(book.number).cbr"), book.bytes) }
        var daemon = try await RunningDaemon(home)
        try await daemon.settle()
        let ids = try await ids(of: daemon)
        var verdict = Verdict()
        verdict.expect(ids.count == books.count, "the books are not there: \(ids)")
        let (hasEnded, isMet) = try await convert(daemon, Array(ids.values), in: home)
        // Whether it was killed or only met an error, another one goes on.
        _ = hasEnded ? await Program.end(of: daemon.abandon()) : await daemon.end(by: SIGKILL)
        verdict.add(try await look(at: books, in: home, isResting: false))
        daemon = try await RunningDaemon(home)
        verdict.add(try await daemon.rest())
        let after = try await daemon.books()
        verdict.expect(Set(after.map(\.id)) == Set(ids.values), "other ids: \(after.map(\.id)) instead of \(ids)")
        for book in after {
            verdict.expect(
                book.state == "ready" && book.pages == 3,
                "\(book.path) is \(book.state), \(book.pages ?? 0) pages"
            )
            let name = String(book.path.dropFirst(2).prefix { $0 != "." })
            verdict.expect(ids[name] == book.id, "\(book.path) has the id \(book.id)")
        }
        verdict.add(try await look(at: books, in: home, isResting: true))
        verdict.expect(await daemon.end(by: SIGTERM) == 0, "it does not end well")
        verdict.add(try await Remains(home: home).judge())
        let open = try await Remains(home: home).sql(
            "SELECT 'conversion ' || id FROM conversion UNION ALL SELECT state || ' ' || id FROM original"
                + " WHERE state IN ('due', 'removing', 'returning', 'returned')"
        )
        verdict.expectNone(open, "left open")
        return (verdict, isMet)
    }

    /// The ids of the books by what their names begin with.
    private func ids(of daemon: RunningDaemon) async throws -> [String: Int64] {
        try await daemon.books().reduce(into: [:]) { ids, book in
            ids[String(book.path.dropFirst(2).prefix { $0 != "." })] = book.id
        }
    }

    /// Has books converted under a tracer; says whether the daemon was killed, and whether the fault was met.
    private func convert(
        _ daemon: RunningDaemon,
        _ ids: [Int64],
        in home: RunningDaemon.Home
    ) async throws -> (hasEnded: Bool, isMet: Bool) {
        let program = try #require(Program.installed("strace"))
        let places = fault.isOfDirectory ? ["-P", home.library.appending("S").string] : []
        let calls = ["-e", "trace=\(fault.call)", "-e", "inject=\(fault.injection)"]
        let record = home.directory.path.appending("trace").string
        let voice = try ProgramVoice()
        let words = ["-f", "-p", "\(daemon.process)", "-o", record] + places + calls
        let tracer = try Program.start(program, words, [:], output: "/dev/null", errors: voice.path)
        let said = await voice.firstWords()
        try #require(said.contains("attached"), "strace is not let at the daemon: \(said)")
        var jobs: [Int64] = []
        for id in ids.sorted() {
            if let job = try? await daemon.client.get(JobSummary.self, ControlRequest(.convert, id)) {
                jobs.append(job.id)
            }
        }
        let end = ContinuousClock.now + ConversionRound.patience
        for job in Set(jobs) {
            while ContinuousClock.now < end {
                let wait = ControlRequest(.job, job, query: ["wait": "5"])
                guard let now = try? await daemon.client.get(JobSummary.self, wait), !now.isFinished else { break }
                // One that is tried again later is not waited for: the next daemon does it.
                if now.state == "queued" { break }
            }
        }
        let isAlive = kill(daemon.process, 0) == 0 && !isZombie(daemon.process)
        // The next signal is the test's own. A tracer may wait for a thread of the dead for ever, and hold it back.
        kill(tracer, isAlive ? SIGTERM : SIGKILL)
        _ = await Program.end(of: tracer)
        return (!isAlive, !isAlive || Program.text(record).contains("(INJECTED)"))
    }

    private func isZombie(_ process: pid_t) -> Bool {
        let fields = Program.text("/proc/\(process)/stat").split(separator: ")").last ?? ""
        return fields.hasPrefix(" Z") || fields.isEmpty
    }

    /// Looks for every book in the files: the original as it was, or a result that holds all of its pages.
    private func look(at books: [ConvertibleBook], in home: RunningDaemon.Home, isResting: Bool) async throws -> Verdict
    {
        var verdict = Verdict()
        let folder = home.library.appending("S")
        for book in books {
            let places = ["\(book.number).cbr", ".stump-originals/\(book.number).cbr"]
            let isThere = places.contains { place in
                let path = folder.appending(FilePath(place).components).string
                return FileManager.default.contents(atPath: path).map { Array($0) } == book.bytes
            }
            let result = folder.appending("\(book.number).cbz")
            let isResult = access(result.string, F_OK) == 0
            // What bears a result's name is whole at every moment.
            if isResult { verdict.expect(try await book.isWhole(in: result), "\(result) is not whole") }
            verdict.expect(isThere || isResult, "book \(book.number) is lost")
        }
        if isResting {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.string)
            verdict.expectNone(names.filter { $0.hasSuffix(".tmp") }, "half a file")
        }
        return verdict
    }
}
