// SPDX-License-Identifier: MIT

/// Puts lines together again that arrive in pieces; the pieces may end anywhere, also inside a character.
package struct LineSplitter: Sendable {
    private var rest: [UInt8] = []

    package init() {}

    /// The lines that `bytes` completes, without their ends.
    package mutating func absorb(_ bytes: some Collection<UInt8>) -> [String] {
        rest.append(contentsOf: bytes)
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = rest[...end].split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        rest.removeSubrange(...end)
        return lines
    }
}
