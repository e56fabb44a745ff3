// SPDX-License-Identifier: MIT

/// A fact that may be absent and then reads `null` in JSON, where a plain optional would be left out.
///
/// So a script finds every field it was promised, whatever the value. A field that is left out decodes as `nil`.
@propertyWrapper
package struct Nullable<Value: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) {
        self.wrappedValue = wrappedValue
    }

    package init(from decoder: any Decoder) throws {
        wrappedValue = try Value?(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try wrappedValue.encode(to: encoder)
    }
}

extension KeyedDecodingContainer {
    /// What synthesized decoding calls for a wrapped property; without it a missing key would be an error.
    package func decode<Value>(_: Nullable<Value>.Type, forKey key: Key) throws -> Nullable<Value> {
        Nullable(wrappedValue: try decodeIfPresent(Value.self, forKey: key))
    }
}

/// What synthesized encoding calls for a wrapped property: a page of books has tens of thousands of them, and each would
/// otherwise go through three encoders of its own.
extension KeyedEncodingContainer {
    package mutating func encode<Value>(_ property: Nullable<Value>, forKey key: Key) throws {
        if let value = property.wrappedValue { try encode(value, forKey: key) } else { try encodeNil(forKey: key) }
    }

    package mutating func encode(_ property: Nullable<String>, forKey key: Key) throws {
        if let value = property.wrappedValue { try encode(value, forKey: key) } else { try encodeNil(forKey: key) }
    }

    package mutating func encode(_ property: Nullable<Int>, forKey key: Key) throws {
        if let value = property.wrappedValue { try encode(value, forKey: key) } else { try encodeNil(forKey: key) }
    }
}
