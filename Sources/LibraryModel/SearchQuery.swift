// SPDX-License-Identifier: MIT

/// What somebody typed to find something: words, each of which has to be there.
///
/// Nothing in it commands: quotes, operators and signs separate words, as they do in the index.
package struct SearchQuery: Equatable, Sendable {
    /// The most words that are looked for; those behind them are left out.
    package static let mostWords = 16

    package struct Word: Equatable, Sendable {
        package var text: String
        package var script: SearchText.Script

        /// Whether words that begin with it are found too, after those that are it.
        package var isPrefix: Bool

        package init(_ text: String, _ script: SearchText.Script, isPrefix: Bool) {
            self.text = text
            self.script = script
            self.isPrefix = isPrefix
        }

        /// How many typos it may have.
        package var tolerance: Int {
            script == .letters ? EditDistance.tolerance(ofLength: text.unicodeScalars.count) : 0
        }
    }

    package let words: [Word]

    /// `nil` where there is nothing in the text that can be looked for.
    package init?(_ text: String) {
        var words: [Word] = []
        let runs = SearchText(text).runs
        for (index, run) in runs.enumerated() {
            let length = run.text.unicodeScalars.count
            switch run.script {
            case .letters: words.append(Word(run.text, .letters, isPrefix: length > 1))
            // The number that a person is about to type; volume 1 is not volume 10.
            case .figures:
                words.append(Word(run.text, .figures, isPrefix: index == runs.count - 1 && length > 2))
            case .unspaced where length == 1: words.append(Word(run.text, .unspaced, isPrefix: true))
            case .unspaced:
                words += SearchText.pairs(of: run.text).map { Word($0, .unspaced, isPrefix: false) }
            }
        }
        var seen: Set<String> = []
        self.words = Array(words.filter { seen.insert($0.text).inserted }.prefix(SearchQuery.mostWords))
        if self.words.isEmpty { return nil }
    }
}
