// SPDX-License-Identifier: MIT
import ArgumentParser
import Testing

@testable import stumpctl

@Suite("What people and scripts were promised that they may type is taken")
struct InterfaceTests {
    private static let promised: [(words: String, command: any ParsableCommand.Type)] = [
        ("status --watch", Status.self),
        ("scan", Scan.self),
        ("scan comics manga --force --metadata --hashes --thumbnails --mode batched --wait", Scan.self),
        ("scan --path /a --path /b --mode sync --dry-run --follow --accept-losses", Scan.self),
        ("flush --timeout 60s", Flush.self),
        ("follow", Follow.self),
        ("events --since 7 --type book.added --type job.failed", Events.self),
        ("jobs --state running --kind library_scan --library comics --limit 5", JobsList.self),
        ("jobs show 1", JobsShow.self), ("jobs log 1", JobsLog.self), ("jobs cancel 1", JobsCancel.self),
        ("jobs pause 1", JobsPause.self), ("jobs resume 1", JobsResume.self), ("jobs retry 1", JobsRetry.self),
        ("jobs prune --older-than 30d", JobsPrune.self),
        ("queue pause", QueuePause.self), ("queue resume", QueueResume.self),
        ("libraries", LibrariesList.self), ("libraries show comics", LibrariesShow.self),
        ("libraries pause comics", LibrariesPause.self), ("libraries resume comics", LibrariesResume.self),
        ("libraries purge comics", LibrariesPurge.self),
        ("series --library comics --state missing", SeriesList.self), ("series show 1", SeriesShow.self),
        ("books --library comics --series 1 --state ready --format cbz --path /a", BooksList.self),
        ("books show 1", BooksShow.self),
        ("search war and peace", Search.self),
        ("thumbnail 1 -o cover.webp", Thumbnail.self),
        ("problems --class missing --library comics", Problems.self),
        ("explain /a/b.cbz", Explain.self),
        ("missing --library comics", MissingList.self), ("missing accept --library comics", MissingAccept.self),
        ("missing purge --library comics --older-than 30d", MissingPurge.self),
        ("convert /a/b.cbr 7", Convert.self), ("convert --undo 7", Convert.self),
        ("originals list --library comics", OriginalsList.self),
        ("originals remove --library comics --older-than 30d", OriginalsRemove.self),
        ("duplicates", Duplicates.self), ("stats", Stats.self),
        ("config check", ConfigCheck.self), ("config check /a.toml", ConfigCheck.self),
        ("config show", ConfigShow.self),
        ("reload", Reload.self), ("backup", Backup.self),
        ("metrics --write /a.prom", Metrics.self),
        ("version", Version.self),
    ]

    @Test(arguments: promised.indices)
    func `each command with its options`(_ index: Int) throws {
        let (words, command) = InterfaceTests.promised[index]
        let parsed = try Stumpctl.parseAsRoot(words.split(separator: " ").map(String.init))
        #expect(type(of: parsed) == command, "\(words)")
    }

    @Test(arguments: promised.indices)
    func `and each with what all of them take`(_ index: Int) throws {
        let all = ["--json", "--socket", "/s.sock", "--quiet", "--color", "never", "--timeout", "5s"]
        let (words, command) = InterfaceTests.promised[index]
        let own = words.split(separator: " ").map(String.init)
        // The one shows bars, the other is stumpd that speaks.
        let common = words == "follow" || words.hasPrefix("config check") ? Array(all.dropFirst()) : all
        let rest = own.contains("--timeout") ? Array(common.dropLast(2)) : common
        #expect(type(of: try Stumpctl.parseAsRoot(own + rest)) == command, "\(words)")
    }
}
