// SPDX-License-Identifier: MIT

/// Takes apart what is written in one field as a list.
///
/// Commas and semicolons separate, those of East Asia too; quotation marks hold an item together that has one. Items
/// that differ in letter case alone are one.
enum NameList {
    private static let separators: Set<Character> = [",", ";", "，", "；", "、"]

    /// What follows a comma in a name without being another one.
    private static let titles: Set<String> = ["jr", "sr", "ii", "iii", "iv", "phd", "md", "esq"]

    /// The most items of one list.
    static let limit = 1000

    static func items(_ written: String) -> [String] {
        distinct(parts(written))
    }

    /// Names of people: `Downey, Jr.` is one, and where semicolons separate, `Lee, Stan; Kirby, Jack` are two.
    static func people(_ written: String) -> [String] {
        let groups = written.split(separator: ";").map { String($0).trimmed }.filter { !$0.isEmpty }
        let inverted = groups.compactMap { uninverted($0) }
        if groups.count > 1, inverted.count == groups.count { return distinct(inverted) }
        return distinct(
            parts(written).reduce(into: []) { names, part in
                if let last = names.last, titles.contains(part.folded) {
                    names[names.count - 1] = "\(last), \(part)"
                } else {
                    names.append(part)
                }
            }
        )
    }

    /// `Stan Lee` for `Lee, Stan`; `nil` for what has not exactly one comma.
    static func uninverted(_ name: String) -> String? {
        let parts = name.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !titles.contains(parts[1].folded) else { return nil }
        return "\(parts[1]) \(parts[0])"
    }

    static func distinct(_ items: some Sequence<String>) -> [String] {
        var seen: Set<String> = []
        var distinct: [String] = []
        for item in items where !item.isEmpty && seen.insert(item.lowercased()).inserted {
            distinct.append(item)
            if distinct.count == limit { break }
        }
        return distinct
    }

    private static func parts(_ written: String) -> [String] {
        var parts: [String] = []
        var rest = written[...]
        while !rest.isEmpty {
            rest = rest.drop { $0.isWhitespace || separators.contains($0) }
            if rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\""),
                rest[rest.index(after: end)...].first(where: { !$0.isWhitespace }).map(separators.contains) ?? true
            {
                parts.append(String(rest[..<end].dropFirst()).trimmed)
                rest = rest[rest.index(after: end)...]
            } else {
                let part = rest.prefix { !separators.contains($0) }
                parts.append(String(part).trimmed)
                rest = rest.dropFirst(part.count)
            }
            if parts.count > 4 * limit { break }
        }
        return parts
    }
}
