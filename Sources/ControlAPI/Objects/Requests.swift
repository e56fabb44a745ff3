// SPDX-License-Identifier: MIT

/// What to scan in a library; a field that is left out has its default, an unknown one is refused.
package struct ScanRequest: Codable, Equatable, Sendable {
    /// Absolute; empty means all of the library.
    package var paths: [String]
    /// Reads every book again, changed or not.
    package var force: Bool
    /// Applies losses that would be held for a person.
    package var acceptLosses: Bool

    package init(paths: [String] = [], force: Bool = false, acceptLosses: Bool = false) {
        self.paths = paths
        self.force = force
        self.acceptLosses = acceptLosses
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseFields(besides: CodingKeys.self)
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        paths = try fields.decodeIfPresent([String].self, forKey: .paths) ?? []
        force = try fields.decodeIfPresent(Bool.self, forKey: .force) ?? false
        acceptLosses = try fields.decodeIfPresent(Bool.self, forKey: .acceptLosses) ?? false
    }

    private enum CodingKeys: String, CodingKey {
        case paths
        case force
        case acceptLosses = "accept_losses"
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

extension Decoder {
    /// Throws for the first field that `keys` does not know, so that no wish is swallowed.
    fileprivate func refuseFields(besides keys: (some CodingKey).Type) throws {
        let names = try [String: JSONValue](from: self).keys.sorted()
        guard let unknown = names.first(where: { keys.init(stringValue: $0) == nil }) else { return }
        throw DecodingError.dataCorrupted(
            DecodingError.Context(codingPath: codingPath, debugDescription: "there is no field named \(unknown)")
        )
    }
}
