// SPDX-License-Identifier: MIT
import Logging
import Synchronization

/// Keeps what is logged, to be read by a test.
final class LogBook: Sendable {
    private let lines = Mutex<[(message: String, metadata: Logger.Metadata)]>([])

    var logger: Logger { Logger(label: "test") { _ in Handler(book: self) } }

    /// The metadata of every line with this message, in order.
    func metadata(of message: String) -> [Logger.Metadata] {
        lines.withLock { lines in lines.filter { $0.message == message }.map(\.metadata) }
    }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            book.lines.withLock { $0.append((event.message.description, event.metadata ?? [:])) }
        }
    }
}
