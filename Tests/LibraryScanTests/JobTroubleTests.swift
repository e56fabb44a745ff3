// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage
import Testing

@testable import LibraryScan

@Suite("What an error means for the queue")
struct JobTroubleTests {
    private func trouble(_ code: Errno, cache: ThumbnailFault? = nil) -> JobTrouble {
        JobTrouble(ThumbnailFault.cannotKeep("tmp/1.webp", code), of: 7, isOffline: false, cacheFault: cache)
    }

    @Test(arguments: [Errno.noSpace, .diskQuotaExceeded])
    func `a full cache holds the queue up, though what was removed has left some room`(code: Errno) {
        guard case .stall(let reason) = trouble(code) else {
            Issue.record("it does not hold it up")
            return
        }
        #expect(reason.contains("tmp/1.webp"))
    }

    @Test func `one thumbnail that cannot be kept is tried again, and where none can the queue is held up`() {
        guard case .passing = trouble(.ioError) else {
            Issue.record("it is not tried again")
            return
        }
        let cache = ThumbnailFault.cannotKeep("thumbnails/probe", .ioError)
        guard case .stall(let reason) = trouble(.ioError, cache: cache) else {
            Issue.record("it does not hold the queue up")
            return
        }
        #expect(reason.contains("probe"))
    }
}
