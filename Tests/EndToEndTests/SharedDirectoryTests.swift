// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

@Suite(
    "One directory in two libraries is watched for both",
    .withMounts,
    .timeLimit(.minutes(2))
)
struct SharedDirectoryTests {
    @Test func `55: a book in a directory that is bound into another library is in both, and one may go`()
        async throws
    {
        var home = try RunningDaemon.Home()
        let mounts = try await PrivateMounts(beside: home.directory)
        home.mounts = mounts
        let bound = home.directory.path.appending("bound")
        try home.directory.makeDirectory("bound")
        try home.directory.makeDirectory("library/Saga")
        try home.directory.write("library/Saga/1.cbz", comic(1))
        home.configuration = DaemonFile(libraries: ["books": home.library, "twin": bound])
        try await mounts.run("mount", "--bind", home.library.string, bound.string)
        let daemon = try await RunningDaemon(home)
        try await daemon.settle()
        #expect(try await places(in: daemon) == ["books Saga/1.cbz", "twin Saga/1.cbz"])

        // One kernel event, two libraries.
        try await daemon.holds(
            at: "book.added",
            after: { try home.directory.write("library/Saga/2.cbz", comic(2)) },
            when: { try await daemon.records().count == 4 }
        )
        try await daemon.holds(
            at: "book.missing",
            after: { try home.directory.remove("library/Saga/1.cbz") },
            when: { try await daemon.records().filter { $0.state == "missing" }.count == 2 }
        )

        _ = try await daemon.told(of: "library.offline", in: "twin") { try await mounts.unmount(bound) }
        _ = try await daemon.told(of: "book.added", in: "books") {
            try home.directory.write("library/Saga/3.cbz", comic(3))
        }
        try await daemon.settle()
        #expect(try await daemon.library("twin").counts.missing == 1)

        try await daemon.holds(
            at: "book.added",
            after: { try await mounts.run("mount", "--bind", home.library.string, bound.string) },
            when: { try await places(in: daemon).contains("twin Saga/3.cbz") }
        )
        #expect(try await daemon.status().libraries.map(\.state) == ["online", "online"])
    }

    private func comic(_ number: Int) -> [UInt8] {
        BookBuilder.comic(pages: 2, tint: UInt8(number))
    }

    private func places(in daemon: RunningDaemon) async throws -> [String] {
        try await daemon.records().map { "\($0.library) \($0.path)" }
    }
}
