// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel
import LibraryStore
import Logging
import SystemPackage

/// Tells that a library's condition is another than it was: in the journal, as an event, and as a problem while it is
/// offline.
struct LibraryNews {
    let store: LibraryStore
    let logger: Logger

    /// Tells nothing where nothing is new; what an earlier run left open is closed at the first look.
    func tell(
        _ condition: LibraryCondition,
        before: LibraryCondition,
        isFirst: Bool,
        of library: LibraryName
    ) async throws {
        if case .offline(let reason) = condition {
            if before.isOffline { return }
            try await tellOffline(library, reason)
            return
        }
        var wasOffline = before.isOffline
        if isFirst, !wasOffline { wasOffline = try await hasOpenProblem(library) }
        guard wasOffline || condition != before else { return }
        if case .suspect(let reason) = condition {
            logger.notice(
                "Library is suspect",
                metadata: ["library": "\(library)", "reason": "\(reason)", "event": "library.suspect"]
            )
            try await store.tell(.librarySuspect, of: library, data: try data(reason))
        } else {
            logger.notice("Library is online", metadata: ["library": "\(library)", "event": "library.online"])
            try await store.tell(.libraryOnline, of: library)
        }
        if wasOffline {
            try await store.commit(for: library, job: nil) { try $0.resolve(at: FilePath()) }
        }
    }

    private func tellOffline(_ library: LibraryName, _ reason: String) async throws {
        logger.notice(
            "Library is offline; nothing of it is marked missing",
            metadata: ["library": "\(library)", "reason": "\(reason)", "event": "library.offline"]
        )
        try await store.tell(.libraryOffline, of: library, data: try data(reason))
        try await store.commit(for: library, job: nil) { catalog in
            try catalog.open(.rootOffline, at: FilePath(), detail: reason)
        }
    }

    private func hasOpenProblem(_ library: LibraryName) async throws -> Bool {
        try await !store.problems(of: library, class: .rootOffline, after: 0, limit: 1).isEmpty
    }

    private func data(_ reason: String) throws -> String {
        String(decoding: try JSONEncoder().encode(["detail": reason]), as: UTF8.self)
    }
}

extension LibraryCondition {
    var isOffline: Bool {
        if case .offline = self { true } else { false }
    }
}
