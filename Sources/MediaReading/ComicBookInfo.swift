// SPDX-License-Identifier: MIT
import LibraryModel

/// The facts of a ComicBookInfo, version 1.0: a JSON object in the comment of a ZIP.
struct ComicBookInfo {
    private var facts = FactCollector(.comicbookinfo, "the ComicBookInfo in the archive's comment")

    var metadata: BookMetadata { facts.metadata }
    var findings: [Finding] { facts.findings }

    private static let key = "ComicBookInfo/"

    /// Whether a comment is one; most comments are something else, and no mistake.
    static func isPresent(in comment: some Sequence<UInt8>) -> Bool {
        let bytes = Array(comment)
        return bytes.contains(UInt8(ascii: "{")) && String(decoding: bytes, as: UTF8.self).contains(key)
    }

    init(_ comment: [UInt8]) throws(Finding) {
        let start = comment.firstIndex(of: UInt8(ascii: "{")) ?? comment.startIndex
        let document = try JSONDocument(Array(comment[start...]), name: facts.document)
        facts.note(flaw: document.flaw)
        guard let info = document.root.members.first(where: { $0.name.hasPrefix(Self.key) })?.value else { return }
        for (name, field) in Self.fields {
            guard let value = info[name] else { continue }
            // Nought is how programs write that they do not know.
            if case .number(let number) = value, Double(number) == 0, field != .number { continue }
            facts.note(field, value.items.compactMap(\.written).joined(separator: ", "), label: name)
        }
        facts.note(.tags, info["tags"].map { $0.items.compactMap(\.written) } ?? [])
        noteCredits(info["credits"]?.items ?? [])
    }

    private static let fields: [(name: String, field: MetadataField)] = [
        ("series", .series), ("title", .title), ("publisher", .publisher), ("publicationYear", .year),
        ("publicationMonth", .month), ("publicationDay", .day), ("issue", .number), ("numberOfIssues", .count),
        ("volume", .volume), ("rating", .communityRating), ("genre", .genres), ("language", .language),
        ("comments", .summary), ("pages", .pageCount),
    ]

    private mutating func noteCredits(_ credits: [JSONValue]) {
        let people = credits.filter { $0["person"]?.written != nil }
        var names = CreditRole.Names()
        for credit in people.filter(\.isPrimary) + people.filter({ !$0.isPrimary }) {
            let name = credit["person"]?.written ?? ""
            for role in credit["role"]?.written.map(NameList.items) ?? [] {
                names.add(NameList.uninverted(name) ?? name, to: CreditRole.fields(role))
            }
        }
        facts.note(names)
    }
}

extension JSONValue {
    /// Whether a person is marked as the first of a role.
    fileprivate var isPrimary: Bool {
        switch self["primary"] {
        case .boolean(let isPrimary): isPrimary
        case .text(let text): ["true", "yes", "1"].contains(text.folded)
        case .number(let number): number != "0"
        default: false
        }
    }
}
