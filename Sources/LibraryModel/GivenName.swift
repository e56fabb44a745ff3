// SPDX-License-Identifier: MIT

/// Given names that many writers have: some evidence that two words are a person and not a place or a thing.
enum GivenName {
    static func isCommon(_ word: Substring) -> Bool { common.contains(word.lowercased()) }

    private static let common: Set<String> = Set(
        """
        agatha alan albert aldous alexander alexandre alice andrew andrzej andy ann anna anne anthony antoine arthur \
        astrid barbara ben bernard brandon brian bram carl carlos catherine charles charlotte chris christopher \
        claude cormac dan daniel david diana dan dennis dean don donna doris douglas edgar edward elizabeth ellen \
        emily emma erich erik ernest eva eric fedor franz francis frank fred friedrich gabriel gene george gerald \
        gillian graham gregory gustave guy haruki heinrich helen henning henry hermann herman honoré ian iain isaac \
        isabel italo jack jacques james jane jason jean jeff jennifer jim joan joanne joe johann john jonathan jorge \
        josé joseph jules julia julian karen karl kate katherine ken kim kurt larry laura leo lee leon lewis linda \
        lisa louis louise lucy ludwig margaret maria marie mario mark martin marcel mary max michael michel miguel \
        mike milan miranda naomi neal neil nick nicholas nora octavia orson oscar pablo patricia patrick paul paula \
        peter philip philippe pierre rachel ralph ray raymond rebecca richard rick robert robin roald roger ronald \
        salman sally samuel sarah scott simon simone stanislaw stefan stephen stephenie steve steven stieg susan \
        susanna suzanne sylvia terry theodore thomas tim tom toni tracy umberto ursula victor virginia vladimir \
        walter william yukio yuval
        """.split { $0 == " " || $0 == "\n" }.map(String.init)
    )
}
