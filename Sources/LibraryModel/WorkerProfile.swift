// SPDX-License-Identifier: MIT

/// The kinds of worker: each reads what the other does not, from behind walls of its own.
///
/// The raw value is what the program is started with.
package enum WorkerProfile: String, CaseIterable, Sendable {
    /// Reads everything but PDF, and can open no file at all.
    case archives

    /// Reads PDF alone. Text is drawn with the system's fonts where a document brings none, so fonts and the tables
    /// that belong to them can be opened, and nothing else.
    case pdf

    /// The profile for a book of which only the name is known; a worker tells where that is wrong.
    package init(promised: MediaFormat) {
        self = promised == .pdf ? .pdf : .archives
    }
}
