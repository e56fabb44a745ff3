// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Support
import SystemPackage
import Testing

/// What a daemon leaves on the disk, looked at with programs that know nothing of it.
struct Remains {
    let home: RunningDaemon.Home

    /// Looks at everything, after a daemon has come to rest and been stopped.
    func judge() async throws -> Verdict {
        var verdict = Verdict()
        let findings = try await sql("PRAGMA integrity_check; PRAGMA foreign_key_check")
        verdict.expect(findings == ["ok"], "the database is not whole: \(findings.prefix(5))")
        for backup in names(in: "state/backups") {
            verdict.expect(backup.hasSuffix(".db"), "\(backup) is left in backups")
            let findings = try await sql("PRAGMA integrity_check", of: home.database("backups/\(backup)"))
            verdict.expect(findings == ["ok"], "\(backup) is not whole: \(findings.prefix(5))")
        }
        verdict.expectNone(names(in: "state").filter { $0.hasSuffix("-running") }, "left in the state directory")
        verdict.expectNone(names(in: "cache/tmp"), "drafts that are left")
        verdict.add(try await judgeThumbnails())
        return verdict
    }

    /// Every file is named by a book, every name has a file, and each file is a whole picture.
    private func judgeThumbnails() async throws -> Verdict {
        var verdict = Verdict()
        let named = Set(try await sql("SELECT DISTINCT thumbnail FROM book WHERE thumbnail IS NOT NULL"))
        let folders = names(in: "cache/thumbnails")
        let files = folders.flatMap { folder in names(in: "cache/thumbnails/\(folder)").map { "\(folder)/\($0)" } }
        let kept = Set(files.map { String($0.drop { $0 != "/" }.dropFirst()) })
        verdict.expectNone(kept.subtracting(named), "thumbnails that no book has")
        verdict.expectNone(named.subtracting(kept), "thumbnails that are gone")
        guard let judge = Program.installed("webpinfo"), !files.isEmpty else { return verdict }
        let paths = files.map { home.directory.path.appending("cache/thumbnails/\($0)").string }
        let result = try await home.run(judge, ["-quiet"] + paths)
        verdict.expect(
            result.code == 0,
            "a thumbnail is torn: \(result.errors.prefix(200)) \(result.output.prefix(200))"
        )
        return verdict
    }

    /// The events that are kept: their ids, and the job's step where they tell of one.
    func judgeEvents(_ jobs: [JobSummary], told: [EventRecord]) async throws -> Verdict {
        var verdict = Verdict()
        let rows = try await sql("SELECT id, type, coalesce(job_id, 0) FROM event ORDER BY id")
        let ids = told.compactMap(\.id)
        verdict.expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }, "events are not told in order")
        verdict.expect(ids == rows.compactMap { Int64($0.prefix { $0 != "|" }) }, "what is told is not what is kept")
        var lives: [Int64: JobLife] = [:]
        for event in told where event.type.hasPrefix("job.") {
            guard let job = event.job, lives[job, default: JobLife()].take(event.type) else {
                verdict.complain("\(event.type) of job \(event.job ?? 0) (event \(event.id ?? 0)) comes when it cannot")
                continue
            }
        }
        for job in jobs {
            let word = lives[job.id]?.word ?? "never told of"
            verdict.expect(word == job.state, "job \(job.id) is \(job.state), by its events it is \(word)")
        }
        return verdict
    }

    /// The lines of an answer of Debian's `sqlite3`.
    func sql(_ statement: String, of database: String? = nil) async throws -> [String] {
        let judge = try #require(Program.installed("sqlite3"), "Debian's sqlite3 is needed: make test installs it")
        let result = try await home.run(judge, [database ?? home.database, statement])
        try #require(result.code == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }

    private func names(in directory: String) -> [String] {
        let path = home.view(home.directory.path.appending(directory)).string
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}
