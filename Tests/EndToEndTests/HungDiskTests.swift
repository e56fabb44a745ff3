// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Support
import SystemPackage
import Testing

@Suite(
    "A disk that does not answer holds up nobody else",
    .withMounts,
    .with(.bindfs),
    .withPatience,
    .timeLimit(.minutes(3))
)
struct HungDiskTests {
    @Test func `77: a library on a disk that hangs is offline after 30 seconds, another one is live all the while`()
        async throws
    {
        let shelf = try await Shelf(.bindfs, .rootIsMountPoint)
        let home = shelf.home
        let libraries: KeyValuePairs = ["books": shelf.root, "others": home.library]
        shelf.home.configuration = DaemonFile(libraries: libraries, pollInterval: "1s")
        let daemon = try await shelf.start()
        let before = try await daemon.records()
        let server = try #require(shelf.disk.server)
        // A process that waits for the disk does not even die before the disk answers.
        defer { kill(server, SIGCONT) }

        let told = try await daemon.told(of: "library.offline", in: "books") {
            kill(server, SIGSTOP)
            for number in 1...3 {
                _ = try await daemon.told(of: "book.added", in: "others") {
                    let comic = BookBuilder.comic(pages: 2, tint: UInt8(70 + number))
                    try home.directory.write(FilePath("library/\(number).cbz"), comic)
                }
            }
        }
        #expect(told.delay < .seconds(40))
        #expect(try await daemon.status().libraries.map(\.state) == ["offline", "online"])
        #expect(try await daemon.records().filter { $0.library == "books" } == before)

        _ = try await daemon.told(of: "library.online", in: "books") { kill(server, SIGCONT) }
        try await daemon.settle()
        #expect(try await daemon.records().filter { $0.library == "books" } == before)
        try await daemon.expectNothingLost(created: before.count + 3)
    }
}
