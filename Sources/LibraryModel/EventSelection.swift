// SPDX-License-Identifier: MIT

/// Which events somebody wants to hear of.
package struct EventSelection: Sendable, Equatable {
    /// A word that is neither a type nor a kind of events.
    package struct UnknownWord: Error, Equatable {
        package var word: String

        package init(word: String) {
            self.word = word
        }
    }

    private let types: Set<EventType>

    /// Reads types, such as `book.added`, and kinds, such as `book`, which stands for all types that begin with it.
    ///
    /// - Throws: ``UnknownWord`` at the first word that is neither.
    package init(_ words: some Sequence<some StringProtocol>) throws(UnknownWord) {
        var types: Set<EventType> = []
        for word in words {
            let meant = EventType.allCases.filter { $0.rawValue == word || $0.rawValue.hasPrefix("\(word).") }
            if meant.isEmpty { throw UnknownWord(word: String(word)) }
            types.formUnion(meant)
        }
        self.types = types
    }

    package func contains(_ type: EventType) -> Bool { types.contains(type) }
}
