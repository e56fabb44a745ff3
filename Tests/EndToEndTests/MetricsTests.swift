// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

@Suite("Prometheus reads the metrics")
struct MetricsTests {
    /// Every name that is promised, with its type.
    private static let promised = [
        "stump_build_info gauge", "stump_jobs gauge", "stump_job_duration_seconds summary", "stump_books gauge",
        "stump_series gauge", "stump_problems gauge", "stump_watch_directories gauge", "stump_watch_limit gauge",
        "stump_watch_events_total counter", "stump_watch_overflows_total counter", "stump_library_online gauge",
        "stump_last_scan_timestamp_seconds gauge", "stump_worker_faults_total counter", "stump_database_bytes gauge",
    ]

    /// Prints each family as the reference parser understands it, and each sample.
    private static let judge = """
        import sys
        from prometheus_client.parser import text_string_to_metric_families
        for family in text_string_to_metric_families(open(sys.argv[1]).read()):
            name = family.name + ("_total" if family.type == "counter" else "")
            assert family.documentation, name
            print("family", name, family.type)
            for s in family.samples:
                print(s.name, ",".join(f"{k}={v}" for k, v in sorted(s.labels.items())), s.value)
        """

    private let home: RunningDaemon.Home
    private let daemon: RunningDaemon

    init() async throws {
        home = try RunningDaemon.Home()
        try home.directory.makeDirectory("library/A")
        try home.directory.write("library/A/1.cbz", BookBuilder.comic(pages: 2))
        try home.directory.write("library/A/2.cbz", [0x50, 0x4B, 3, 4])
        daemon = try await RunningDaemon(home)
        try await daemon.settle()
    }

    private func judged(_ file: FilePath) async throws -> [String] {
        let python = try #require(Program.installed("python3"))
        let result = try await Program.run(python, ["-c", MetricsTests.judge, file.string])
        try #require(result.code == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }

    @Test func `an independent parser finds every promised name with help, type and true values`() async throws {
        let file = home.directory.path.appending("stump.prom")
        let written = try await daemon.control("metrics", "--write", file.string)
        #expect(written.code == 0, "\(written.errors)")
        let lines = try await judged(file)
        #expect(
            lines.filter { $0.hasPrefix("family ") }.sorted() == MetricsTests.promised.map { "family \($0)" }.sorted()
        )
        #expect(lines.contains("stump_books library=books,state=ready 1.0"))
        #expect(lines.contains("stump_series library=books 1.0"))
        #expect(lines.contains("stump_library_online library=books 1.0"))
        #expect(lines.contains("stump_build_info version=\(Release.version) 1.0"))
        #expect(lines.contains("stump_jobs kind=thumbnail_generation,state=completed 1.0"))
        let size = lines.first { $0.hasPrefix("stump_database_bytes ") }?.split(separator: " ").last.flatMap {
            Double($0)
        }
        #expect(try #require(size) > 100_000)
        let answer = try await daemon.client.send(ControlRequest(.metrics))
        #expect(answer.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
    }

    @Test func `the file is replaced at once, is for all to read, and nothing lies beside it`() async throws {
        try home.directory.makeDirectory("textfiles")
        let file = home.directory.path.appending("textfiles/stump.prom")
        for _ in 0..<2 { #expect(try await daemon.control("metrics", "--write", file.string).code == 0) }
        var status = stat()
        #expect(file.withPlatformString { stat($0, &status) } == 0)
        #expect(status.st_mode & 0o777 == 0o644)
        let folder = home.directory.path.appending("textfiles").string
        let names = try await Program.run("/bin/ls", ["-A", folder]).output
        #expect(names == "stump.prom\n")
        let nowhere = try await daemon.control("metrics", "--write", "\(folder)/no/where.prom")
        #expect(nowhere.code == 1 && nowhere.errors.contains("cannot write"))
    }

    @Test func `a file that cannot be replaced stays as it was`() async throws {
        let file = home.directory.path.appending("taken.prom")
        try home.directory.makeDirectory("taken.prom")
        #expect(try await daemon.control("metrics", "--write", file.string).code == 1)
        let names = try await Program.run("/bin/ls", ["-A", home.directory.path.string]).output
        #expect(!names.contains(".taken.prom."))
    }
}
