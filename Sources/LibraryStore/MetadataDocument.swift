// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel

/// Writes and reads the metadata column: the API's `metadata` object, absent facts left out.
enum MetadataDocument {
    static func text(of metadata: BookMetadata) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Content(metadata: metadata)), as: UTF8.self)
    }

    static func metadata(in text: String) throws -> BookMetadata {
        try JSONDecoder().decode(Content.self, from: Data(text.utf8)).metadata
    }

    private struct Content: Codable {
        var metadata: BookMetadata

        init(metadata: BookMetadata) {
            self.metadata = metadata
        }

        init(from decoder: any Decoder) throws {
            metadata = BookMetadata()
            let container = try decoder.container(keyedBy: Key.self)
            let sources = try container.decode([String: MetadataSource].self, forKey: .sources)
            for (name, source) in sources {
                guard let field = MetadataField(rawValue: name) else { continue }
                metadata.note(field, try container.value(of: field), from: source)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            for (field, fact) in metadata.facts {
                switch fact.value {
                case .text(let text): try container.encode(text, forKey: Key(field.rawValue))
                case .list(let list): try container.encode(list, forKey: Key(field.rawValue))
                case .integer(let integer): try container.encode(integer, forKey: Key(field.rawValue))
                case .decimal(let decimal): try container.encode(decimal, forKey: Key(field.rawValue))
                }
            }
            let sources = metadata.facts.map { ($0.key.rawValue, $0.value.source) }
            try container.encode(Dictionary(uniqueKeysWithValues: sources), forKey: .sources)
        }
    }

    fileprivate struct Key: CodingKey {
        static let sources = Key("sources")

        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) {
            stringValue = name
        }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            nil
        }
    }
}

extension KeyedDecodingContainer<MetadataDocument.Key> {
    fileprivate func value(of field: MetadataField) throws -> BookMetadata.Value {
        let key = Key(field.rawValue)
        return switch field.shape {
        case .text: .text(try decode(String.self, forKey: key))
        case .list: .list(try decode([String].self, forKey: key))
        case .integer: .integer(try decode(Int.self, forKey: key))
        case .decimal: .decimal(try decode(Double.self, forKey: key))
        }
    }
}
