// SPDX-License-Identifier: MIT

/// Who a book is for, in the words of ComicInfo 2.1, MetronInfo and Mylar; other words stay as they are.
enum AgeRating {
    private static let names = [
        "Adults Only 18+", "Early Childhood", "Everyone", "Everyone 10+", "G", "Kids to Adults", "M", "MA15+",
        "Mature 17+", "PG", "R18+", "Rating Pending", "Teen", "X18+", "Teen Plus", "Mature", "Explicit", "Adult",
        "All Ages",
    ]

    private static let byKey = Dictionary(uniqueKeysWithValues: names.map { ($0.folded, $0) })

    /// `nil` for what says that there is none.
    static func named(_ written: String) -> String? {
        let key = written.folded
        if ["unknown", "notrated", "unrated", "none", "na"].contains(key) { return nil }
        // A plus makes another rating, and is no letter.
        guard let name = byKey[key], name.contains("+") || !written.contains("+") else { return written.nonEmpty }
        return name
    }
}
