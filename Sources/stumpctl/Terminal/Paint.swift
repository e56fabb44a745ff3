// SPDX-License-Identifier: MIT

/// Colours, where they are wanted.
struct Paint {
    var isOn: Bool

    func good(_ text: String) -> String { colored(text, 32) }
    func doubtful(_ text: String) -> String { colored(text, 33) }
    func bad(_ text: String) -> String { colored(text, 31) }
    func strong(_ text: String) -> String { colored(text, 1) }

    /// A word of the API in the colour of what it means.
    func state(_ word: String) -> String {
        switch word {
        case "ready", "online", "completed", "running": good(word)
        case "starting", "stopping", "degraded", "suspect", "paused", "queued", "cancelled",
            "pending", "stalled":
            doubtful(word)
        case "offline", "failed", "missing", "error": bad(word)
        default: word
        }
    }

    private func colored(_ text: String, _ code: Int) -> String {
        isOn ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
