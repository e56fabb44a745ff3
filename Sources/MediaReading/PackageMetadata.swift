// SPDX-License-Identifier: MIT
import LibraryModel

/// The facts in the metadata of a package document: an EPUB's own, or one beside a book as calibre writes it.
///
/// Follows EPUB 3.3, OPF 2.0.1 and what calibre adds to both. Names count in any case and with any prefix, for many
/// books get them wrong.
struct PackageMetadata {
    private var facts: FactCollector
    private let elements: [XMLElement]

    /// EPUB 3's `meta` elements that speak of another element, by that element's id.
    private let refinements: [String: [XMLElement]]

    var metadata: BookMetadata { facts.metadata }
    var findings: [Finding] { facts.findings }

    /// The package document of an EPUB, which has told already whether it is well-formed.
    init(_ package: EpubPackage) {
        self.init(package.elements, .epub, "the package document", flaw: nil)
    }

    /// A package document beside a book.
    init(sidecar bytes: [UInt8]) throws(Finding) {
        let document = try XMLDocument(bytes, name: "the package document beside it")
        let elements = [document.root] + document.root.descendants
        self.init(elements, .opf, "the package document beside it", flaw: document.flaw)
    }

    private init(_ all: [XMLElement], _ source: MetadataSource, _ name: String, flaw: String?) {
        facts = FactCollector(source, name)
        facts.note(flaw: flaw)
        elements = all.first { $0.name.lowercased() == "metadata" }?.descendants ?? all
        refinements = Dictionary(
            grouping: elements.filter { $0.name == "meta" && $0["refines"] != nil },
            by: { String($0["refines"]?.drop { $0 == "#" } ?? "") }
        )
        noteTitle()
        notePeople()
        noteDate()
        noteSeries()
        noteIdentifiers()
        noteLanguage()
        noteDirection(all.first { $0.name == "spine" })
        noteSubjects()
        facts.note(.publisher, lines("publisher").first, label: "publisher")
        facts.note(.summary, named("description").map(\.text).first { !$0.isEmpty }, label: "description")
        noteRating()
    }

    private func named(_ name: String) -> [XMLElement] {
        elements.filter { $0.name.lowercased() == name }
    }

    private func lines(_ name: String) -> [String] {
        named(name).map(\.line).filter { !$0.isEmpty }
    }

    /// What a `meta` says that speaks of the whole book: by name and content in EPUB 2, by property and text in 3.
    private func meta(_ name: String) -> String? {
        for element in elements where element.name == "meta" && element["refines"] == nil {
            if element["name"]?.lowercased() == name, let content = element["content"] { return content }
            if element["property"]?.lowercased() == name, let text = element.line.nonEmpty ?? element["content"] {
                return text
            }
        }
        return nil
    }

    /// What EPUB 3 says of an element in elements that refine it.
    private func refined(_ property: String, of element: XMLElement) -> [String] {
        guard let id = element["id"] else { return [] }
        return (refinements[id] ?? []).filter { $0["property"] == property }.map(\.line).filter { !$0.isEmpty }
    }

    private mutating func noteTitle() {
        var titles = named("title").filter { !$0.line.isEmpty }
        let places = titles.map { refined("display-seq", of: $0).first.flatMap { Int($0) } ?? Int.max }
        titles = zip(places, titles).enumerated()
            .sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
        let types = titles.map { title in refined("title-type", of: title).first?.lowercased() }
        let best = ["main", nil, "expanded", "short"].lazy.compactMap { types.firstIndex(of: $0) }.first ?? 0
        guard best < titles.count else { return }
        let title = titles[best]
        facts.note(.title, title.line, label: "title")
        let sorted = refined("file-as", of: title).first ?? title["file-as"] ?? meta("calibre:title_sort")
        facts.note(.sortTitle, sorted, label: "file-as")
    }

    private mutating func notePeople() {
        var names = CreditRole.Names()
        var strangers = CreditRole.Names()
        for person in elements where ["creator", "contributor"].contains(person.name.lowercased()) {
            let isCreator = person.name.lowercased() == "creator"
            let roles = refined("role", of: person) + (person["role"].map { [$0] } ?? [])
            // Contributors without a role are mostly the programs that made the file.
            let fields = roles.flatMap(CreditRole.fields) + (roles.isEmpty && isCreator ? [.writers] : [])
            for name in person.line.split(separator: ";").map({ String($0).trimmed }) where name.folded != "unknown" {
                names.add(name, to: fields)
                if isCreator { strangers.add(name, to: [.writers]) }
            }
        }
        facts.note(names)
        // A role that nobody knows is better than a book that nobody wrote.
        if names.byField.isEmpty { facts.note(strangers) }
    }

    /// The day of publication, never the one on which a file was made or changed.
    private mutating func noteDate() {
        let dates = named("date").filter { !$0.line.isEmpty }
        func event(_ names: String?...) -> String? {
            dates.first { names.contains($0["event"]?.lowercased()) }?.line
        }
        let date =
            event("publication", "ops-publication") ?? event(nil) ?? meta("dcterms:issued") ?? meta("dcterms:date")
            ?? event("original-publication", "issue", "issued")
        facts.note(date: date, label: "date")
    }

    private mutating func noteSeries() {
        let collections = elements.filter {
            $0.name == "meta" && $0["property"] == "belongs-to-collection" && !$0.line.isEmpty
        }
        let types = collections.map { refined("collection-type", of: $0).first?.lowercased() }
        if let best = ["series", nil, "set"].lazy.compactMap({ types.firstIndex(of: $0) }).first {
            facts.note(.series, collections[best].line, label: "belongs-to-collection")
            facts.note(.number, refined("group-position", of: collections[best]).first, label: "group-position")
        } else if let series = meta("calibre:series") {
            facts.note(.series, series, label: "calibre:series")
            facts.note(.number, meta("calibre:series_index"), label: "calibre:series_index")
        } else if let title = named("title").first(where: { refined("title-type", of: $0).first == "collection" }) {
            facts.note(.series, title.line, label: "title")
            facts.note(.number, refined("group-position", of: title).first, label: "group-position")
        }
    }

    private mutating func noteIdentifiers() {
        var others: [String] = []
        var numbers: [String] = []
        for element in named("identifier") {
            let type = refined("identifier-type", of: element).first
            let scheme = Self.scheme(element["scheme"] ?? type)
            let text = element.line
            let plain = text.lowercased().hasPrefix("urn:") ? String(text.dropFirst(4)) : text
            guard !plain.isEmpty else { continue }
            if scheme == nil || scheme == "isbn", ISBN(plain) != nil {
                numbers.append(plain)
            } else if let scheme, !plain.lowercased().hasPrefix("\(scheme):") {
                others.append("\(scheme):\(plain)")
            } else {
                others.append(plain)
            }
        }
        // What an electronic book was made from has a number too, of the printed one.
        numbers += lines("source").filter { ISBN($0) != nil && $0.lowercased().contains("isbn") }
        facts.note(.isbn, numbers.first, label: "identifier")
        let further = numbers.compactMap { ISBN($0)?.text }.filter { $0 != metadata.text(.isbn) }
        facts.note(.identifiers, others + further.map { "isbn:\($0)" })
        facts.note(.links, lines("source").joined(separator: " "), label: "source")
    }

    /// A scheme's name in lower case; of ONIX's code list 5 those that have one.
    private static func scheme(_ written: String?) -> String? {
        guard let word = written?.lowercased() else { return nil }
        return ["02": "isbn", "15": "isbn", "03": "ean", "06": "doi", "22": "urn"][word]
            ?? (word.hasPrefix("isbn") ? "isbn" : word)
    }

    private mutating func noteLanguage() {
        let languages = lines("language")
        facts.note(
            .language,
            languages.first { LanguageTag.normalized($0) != nil } ?? languages.first,
            label: "language"
        )
    }

    /// Books that turn their pages the other way, unless their script does so by itself.
    private mutating func noteDirection(_ spine: XMLElement?) {
        let mode = meta("primary-writing-mode")?.lowercased()
        let isReversed = spine?["page-progression-direction"]?.lowercased() == "rtl" || mode?.hasSuffix("-rl") == true
        guard isReversed, !LanguageTag.isRightToLeft(metadata.text(.language) ?? "") else { return }
        facts.note(.manga, "rtl", label: "page-progression-direction")
    }

    private mutating func noteSubjects() {
        let subjects = lines("subject").flatMap { $0.split(separator: ";").map { String($0).trimmed } }
        facts.note(.genres, subjects.filter { !Self.isCode($0) })
    }

    /// Whether a subject is a number of BISAC's, such as `FIC009000`, that tells nobody anything.
    private static func isCode(_ subject: String) -> Bool {
        subject.count == 9 && subject.prefix(3).allSatisfy { ("A"..."Z").contains($0) }
            && subject.dropFirst(3).allSatisfy(\.isASCIIDigit)
    }

    /// calibre's rating, of ten points; 0 is none.
    private mutating func noteRating() {
        guard let rating = meta("calibre:rating"), WrittenNumber.decimal(rating) != 0 else { return }
        facts.note(.communityRating, "\(rating)/10", label: "calibre:rating")
    }
}
