// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

/// What can be typed next, as the daemon knows it at this moment.
///
/// A shell waits for it with the cursor standing still, so it is asked for briefly, and silence is an answer.
enum LiveCompletion {
    private static let patience = Duration.milliseconds(400)

    /// The most that a shell is shown.
    private static let most = 50

    /// Names of libraries of the configuration.
    static let library = CompletionKind.custom { words, _, prefix in
        await libraries(words, prefix, ControlRequest(.libraries))
    }

    /// Names of libraries that were taken out of the configuration.
    static let retiredLibrary = CompletionKind.custom { words, _, prefix in
        await libraries(words, prefix, ControlRequest(.libraries, query: ["state": "retired"]))
    }

    /// Numbers of jobs, the newest first.
    static let job = CompletionKind.custom { words, _, prefix in
        guard let client = client(words),
            let page = try? await client.get(Page<JobSummary>.self, ControlRequest(.jobs, query: ["limit": "50"]))
        else { return [] }
        return matching(page.items.map { String($0.id) }, prefix)
    }

    static let jobState = words("queued", "running", "paused", "completed", "cancelled", "failed")
    static let jobKind = words(
        "library_scan",
        "series_scan",
        "thumbnail_generation",
        "analyze_media",
        "conversion",
        "backup",
        "maintenance"
    )
    static let libraryState = words("online", "suspect", "offline", "paused", "retired")
    static let bookState = words("ready", "missing", "error", "unsupported", "ignored")
    static let bookFormat = words("cbz", "zip", "cbr", "rar", "cb7", "7z", "cbt", "tar", "epub", "pdf")

    private static func words(_ words: String...) -> CompletionKind { .list(words) }

    private static func libraries(
        _ words: [String],
        _ prefix: String,
        _ request: ControlRequest
    ) async -> [String] {
        guard let client = client(words), let found = try? await client.all(LibrarySummary.self, request) else {
            return []
        }
        return matching(found.map(\.name), prefix)
    }

    private static func matching(_ candidates: [String], _ prefix: String) -> [String] {
        Array(candidates.filter { $0.hasPrefix(prefix) }.prefix(most))
    }

    /// Asks where the command that is being typed will ask.
    private static func client(_ words: [String]) -> ControlClient? {
        let named = words.firstIndex(of: "--socket").flatMap { words.dropFirst($0 + 1).first }
        guard let socket = try? ControlSocket.path(option: named, environment: ProcessEnvironment.all) else {
            return nil
        }
        return ControlClient(socket: socket, timeout: patience)
    }
}
