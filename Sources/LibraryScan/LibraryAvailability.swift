// SPDX-License-Identifier: MIT
package import LibraryModel
import LibraryStore
import Logging
import Synchronization
import SystemPackage

/// Whether each library's disk is there, as the last attempt to list its root showed.
package final class LibraryAvailability: Sendable {
    private let faults = Mutex<[LibraryName: String]>([:])

    package init() {}

    /// Why a library is offline; `nil` while it is online.
    package func fault(of library: LibraryName) -> String? { faults.withLock { $0[library] } }

    /// Gives whether that is news.
    func note(_ fault: String?, of library: LibraryName) -> Bool {
        faults.withLock { faults in
            let isNews = (faults[library] == nil) != (fault == nil)
            faults[library] = fault
            return isNews
        }
    }
}

extension ScanServices {
    /// Notes that a library's root was listed, and tells of it where it was offline before.
    func noteOnline(_ library: LibraryName) async throws {
        guard availability.note(nil, of: library) else { return }
        logger.notice("Library is online", metadata: ["library": "\(library)", "event": "library.online"])
        try await store.tell(.libraryOnline, of: library)
    }

    /// Notes that a library's root cannot be listed, and tells of it once.
    func noteOffline(_ library: LibraryName, _ fault: ListingFault, job: Int64) async throws {
        guard availability.note(fault.summary, of: library) else { return }
        logger.notice(
            "Library is offline; nothing of it is marked missing",
            metadata: ["library": "\(library)", "reason": "\(fault.summary)", "event": "library.offline"]
        )
        try await store.tell(.libraryOffline, of: library)
        try await store.commit(for: library, job: job) { catalog in
            try catalog.open(.rootOffline, at: FilePath(), detail: fault.summary)
        }
    }
}
