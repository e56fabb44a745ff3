// SPDX-License-Identifier: MIT
internal import FoundationEssentials
package import LibraryModel
package import Logging

/// One thing that was logged, with its metadata laid flat, ready for any destination.
package struct LogRecord: Sendable {
    package struct Field: Equatable, Sendable {
        /// Dotted, such as `job.id`.
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    package var time: Timestamp
    package var level: Logger.Level

    /// The logger's label: the part of the daemon that speaks.
    package var component: String
    package var message: String

    /// Sorted by key; a list in the metadata repeats its key.
    package var fields: [Field]
    package var file: String
    package var function: String
    package var line: UInt

    package init(_ event: LogEvent, component: String, metadata: Logger.Metadata, time: Timestamp) {
        self.time = time
        level = event.level
        self.component = component
        message = event.message.description
        fields = metadata.sorted { $0.key < $1.key }.flatMap { LogRecord.flatten($0.value, under: $0.key) }
        if let error = event.error {
            fields.append(Field("error", (error as? any Fault)?.summary ?? String(describing: error)))
        }
        file = event.file
        function = event.function
        line = event.line
    }

    private static func flatten(_ value: Logger.MetadataValue, under key: String) -> [Field] {
        switch value {
        case .string(let text): [Field(key, text)]
        case .stringConvertible(let value): [Field(key, value.description)]
        case .array(let values): values.flatMap { flatten($0, under: key) }
        case .dictionary(let values):
            values.sorted { $0.key < $1.key }.flatMap { flatten($0.value, under: "\(key).\($0.key)") }
        }
    }
}

/// Makes records of what is logged and puts them on the queue.
package struct LogRecorder: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    /// The common level, until one is set for this logger alone.
    package var logLevel: Logger.Level {
        get { own ?? common.current }
        set { own = newValue }
    }

    private var own: Logger.Level?
    private let common: LogLevel
    private let component: String
    private let queue: LogQueue

    package init(component: String, level: LogLevel, queue: LogQueue) {
        self.component = component
        self.queue = queue
        common = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        queue.add(LogRecord(event, component: component, metadata: merged, time: .current))
    }
}

extension Timestamp {
    fileprivate static var current: Timestamp {
        Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1_000_000_000))
    }
}
