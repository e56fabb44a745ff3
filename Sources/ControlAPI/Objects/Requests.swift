// SPDX-License-Identifier: MIT

/// What to read in a library, page by page.
package struct AnalyzeRequest: Codable, Equatable, Sendable {
    /// Absolute; empty means all of the library.
    package var paths: [String]

    package init(paths: [String] = []) {
        self.paths = paths
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseFields(besides: CodingKeys.self)
        paths = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent([String].self, forKey: .paths) ?? []
    }

    private enum CodingKeys: String, CodingKey {
        case paths
    }
}

/// Which finished jobs to forget; those older than the configuration's history unless it says otherwise.
package struct PruneRequest: Codable, Equatable, Sendable {
    package var olderThanSeconds: Double?

    package init(olderThanSeconds: Double? = nil) {
        self.olderThanSeconds = olderThanSeconds
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseFields(besides: CodingKeys.self)
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        olderThanSeconds = try fields.decodeIfPresent(Double.self, forKey: .olderThanSeconds)
    }

    private enum CodingKeys: String, CodingKey {
        case olderThanSeconds = "older_than_seconds"
    }
}

/// How long a flush may wait; a minute unless it says otherwise.
package struct FlushRequest: Codable, Equatable, Sendable {
    package var timeoutSeconds: Double

    package init(timeoutSeconds: Double = 60) {
        self.timeoutSeconds = timeoutSeconds
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseFields(besides: CodingKeys.self)
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        timeoutSeconds = try fields.decodeIfPresent(Double.self, forKey: .timeoutSeconds) ?? 60
    }

    private enum CodingKeys: String, CodingKey {
        case timeoutSeconds = "timeout_seconds"
    }
}

/// Whose held losses are true; all libraries' where none is named.
package struct AcceptMissingRequest: Codable, Equatable, Sendable {
    package var library: String?

    package init(library: String? = nil) {
        self.library = library
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseFields(besides: CodingKeys.self)
        library = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .library)
    }

    private enum CodingKeys: String, CodingKey {
        case library
    }
}

/// Which originals of converted books to remove; all of them where nothing is said.
package struct RemoveOriginalsRequest: Codable, Equatable, Sendable {
    package var library: String?

    /// Only of books that were converted so long ago.
    package var olderThanSeconds: Double?

    package init(library: String? = nil, olderThanSeconds: Double? = nil) {
        self.library = library
        self.olderThanSeconds = olderThanSeconds
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseFields(besides: CodingKeys.self)
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        library = try fields.decodeIfPresent(String.self, forKey: .library)
        olderThanSeconds = try fields.decodeIfPresent(Double.self, forKey: .olderThanSeconds)
    }

    private enum CodingKeys: String, CodingKey {
        case library
        case olderThanSeconds = "older_than_seconds"
    }
}

extension Decoder {
    /// Throws for the first field that `keys` does not know, so that no wish is swallowed.
    func refuseFields(besides keys: (some CodingKey).Type) throws {
        let names = try [String: JSONValue](from: self).keys.sorted()
        guard let unknown = names.first(where: { keys.init(stringValue: $0) == nil }) else { return }
        throw DecodingError.dataCorrupted(
            DecodingError.Context(codingPath: codingPath, debugDescription: "there is no field named \(unknown)")
        )
    }
}
