// SPDX-License-Identifier: MIT
import FoundationEssentials

/// JSON as both sides of the socket write and read it: one line, keys sorted, slashes bare.
package enum ControlJSON {
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    package static func decode<Value: Decodable>(_: Value.Type, from bytes: some Sequence<UInt8>) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(bytes))
    }
}
