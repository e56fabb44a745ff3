// SPDX-License-Identifier: MIT
import ControlAPI
import Support
import SystemPackage
import Testing

@Suite("A scan that is held up forgets nothing that it has begun", .timeLimit(.minutes(2)))
struct InterruptionTests {
    private static let folders = 60

    @Test func `a first scan that is stopped in the middle and goes on has every book`() async throws {
        let home = try RunningDaemon.Home()
        for folder in 0..<InterruptionTests.folders {
            let parent = "library/\(folder)/below"
            try home.directory.makeDirectory(FilePath(parent))
            for number in 0..<10 {
                let book = BookBuilder.comic(pages: 1, width: 60, height: 90, tint: UInt8(number))
                try home.directory.write(FilePath("\(parent)/\(number).cbz"), book)
            }
        }
        let daemon = try await RunningDaemon(home)
        // Some books are in the index, and most are still to be read.
        try await daemon.client.eachLine(of: ControlRequest(.events, query: ["since": "0", "type": "book.added"])) {
            _ in
            false
        }
        _ = try await daemon.client.send(ControlRequest(.pauseQueue))
        try await daemon.holds(at: "job.queued,job.completed") {
            try await daemon.jobs().allSatisfy { $0.state != "running" }
        }
        #expect(try await daemon.jobs().contains { $0.kind == "library_scan" && $0.state == "queued" })
        #expect(try await daemon.rest().complaints.isEmpty)
        let jobs = try await daemon.jobs()
        #expect(jobs.contains { $0.kind == "library_scan" && $0.state == "completed" })
        #expect(try await daemon.books().count == InterruptionTests.folders * 10)
    }
}
