// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// Recognises by their content books that were read at places where the catalog did not have them.
///
/// That is for what inode and birth do not tell: moves to another file system, files that were written anew under
/// another name, and file systems without births. Which is which shows only when all that turned up has been read, so
/// those in doubt are put aside until then.
struct Newcomers {
    /// The most books that are put aside; with more, those at hand are told apart by what is known.
    static let limit = 1024

    let library: LibraryName
    let services: JobServices

    /// What was read, by what it is.
    struct Sorted {
        /// What is what it seems.
        var clear: [BookRecord] = []

        /// What may be a book that is gone elsewhere.
        var doubtful: [BookRecord] = []

        /// What may be one of some books that are gone from their places, and may still turn up themselves.
        var early: [(record: BookRecord, books: Set<Int64>)] = []
    }

    func sort(_ records: [BookRecord]) async throws -> Sorted {
        let copies = try await copies(of: records)
        let replaced = try await replaced(of: records)
        if copies.isEmpty, replaced.isEmpty { return Sorted(clear: records) }
        let standings = await standings(of: copies.values.joined(), besides: [])
        var sorted = Sorted()
        for record in records {
            let others = others(of: record, among: copies)
            let lost = Set(others.filter { standings[$0.id] == .lost }.map(\.id))
            if !lost.isEmpty {
                sorted.early.append((record, lost))
            } else if others.contains(where: { standings[$0.id] != .there })
                || !self.others(of: record, among: replaced).isEmpty
            {
                sorted.doubtful.append(record)
            } else {
                sorted.clear.append(record)
            }
        }
        return sorted
    }

    /// What became of books that were put aside.
    struct Matched {
        /// What makes the catalog's books of what turned up, one to one.
        var moves: [BookMove] = []

        /// What is none of these, and may be one of some books at whose places others are that nobody has read yet.
        var displaced: [(record: BookRecord, books: [BookPlace])] = []
    }

    func match(_ records: [BookRecord]) async throws -> Matched {
        let copies = try await copies(of: records)
        let replaced = try await replaced(of: records)
        let standings = await standings(of: copies.values.joined(), besides: records)
        let groups = Dictionary(grouping: records) { $0.facts?.fingerprint }
        var moves: [(move: BookMove, occupant: Int64?)] = []
        for case (let fingerprint?, let records) in groups {
            // A book that is gone is one of these only where it is not at the place of one of them.
            let arrived = records.filter { record in
                !(copies[fingerprint, default: []] + replaced[fingerprint, default: []]).contains { book in
                    book.isAt(record, of: library)
                }
            }
            let gone = copies[fingerprint, default: []].filter { book in
                switch standings[book.id] {
                case .gone, .lost: true
                // A copy elsewhere says nothing of a library that may come back.
                case .retired: arrived.contains { $0.directory == book.directory && $0.name == book.name }
                case .there, .unclear, nil: false
                }
            }
            let lost = gone + replaced[fingerprint, default: []]
            for pair in BookMatch.pairs(arrived: arrived.map(\.traits), gone: lost.map(\.traits)) {
                var move = BookMove(lost[pair.gone], to: arrived[pair.arrived])
                if pair.gone >= gone.count { move.formerFile = arrived[pair.arrived].stamp }
                moves.append((move, arrived[pair.arrived].known))
            }
        }
        var matched = Matched(moves: withoutReplaced(moves))
        for record in records where !matched.moves.contains(where: { $0.isTo(record) }) {
            let unclear = others(of: record, among: copies).filter { standings[$0.id] == .unclear }
            if !unclear.isEmpty { matched.displaced.append((record, unclear)) }
        }
        return matched
    }

    /// Leaves out the moves to places of books that are not met elsewhere: what is renamed over one is that one, changed.
    private func withoutReplaced(_ moves: [(move: BookMove, occupant: Int64?)]) -> [BookMove] {
        var rest = moves
        while true {
            let moved = Set(rest.map(\.move.origin.id))
            let possible = rest.filter { $0.occupant.map(moved.contains) ?? true }
            if possible.count == rest.count { return rest.map(\.move) }
            rest = possible
        }
    }

    private enum Standing {
        case there
        case gone

        /// Gone since the catalog saw it, and known by more than its content wherever it turns up.
        case lost

        /// Another file is at its place.
        case unclear

        /// Of a library that is not in the configuration.
        case retired
    }

    private func copies(of records: [BookRecord]) async throws -> [Fingerprint: [BookPlace]] {
        try await services.store.books(
            holding: Set(records.compactMap { $0.facts?.fingerprint }),
            limit: BookMatch.copyLimit
        )
    }

    /// Books that had the content a moment ago, in files whose places others have taken.
    private func replaced(of records: [BookRecord]) async throws -> [Fingerprint: [BookPlace]] {
        let places = try await services.store.books(
            formerlyHolding: Set(records.compactMap { $0.facts?.fingerprint }),
            since: services.now() + LossRule.patience * -1
        )
        return places.mapValues { $0.filter { services.files.isConfigured($0.library) } }.filter { !$0.value.isEmpty }
    }

    /// Books of a record's content at other places; none where the record's own is among them.
    private func others(of record: BookRecord, among copies: [Fingerprint: [BookPlace]]) -> [BookPlace] {
        let books = record.facts?.fingerprint.flatMap { copies[$0] } ?? []
        return books.contains { $0.isAt(record, of: library) } ? [] : books
    }

    /// Whether books are where the catalog has them; `records` were read at their places and are known to be there.
    private func standings(
        of books: some Sequence<BookPlace>,
        besides records: [BookRecord]
    ) async -> [Int64: Standing] {
        var standings: [Int64: Standing] = [:]
        for (library, books) in Dictionary(grouping: books, by: \.library) {
            guard services.files.isConfigured(library) else {
                for book in books { standings[book.id] = .retired }
                continue
            }
            let presences = await services.files.presence(of: books.map(\.path), in: library)
            var absent: [BookPlace] = []
            for (book, presence) in zip(books, presences) {
                switch presence {
                // One that is ignored is there, and so is one that is back and was not looked at yet.
                case .there(let stamp) where book.isMissing:
                    standings[book.id] = stamp.isSameFile(as: book.stamp) ? .there : .gone
                case .there(let stamp) where !stamp.differs(from: book.stamp): standings[book.id] = .there
                case .there:
                    // Of another content, for it is not among those of the same.
                    let isReplaced = records.contains { book.isAt($0, of: self.library) }
                    standings[book.id] = isReplaced ? .gone : .unclear
                case .absent where book.isMissing: standings[book.id] = .gone
                case .absent: absent.append(book)
                // Where nobody can look, nothing is gone.
                case .unknown: standings[book.id] = .there
                }
            }
            for book in await believed(absent, of: library) {
                standings[book.id] = book.stamp.identity == nil ? .gone : .lost
            }
        }
        return standings
    }

    /// Those of some absent books whose disk is there, after a look at it.
    private func believed(_ absent: [BookPlace], of library: LibraryName) async -> [BookPlace] {
        guard !absent.isEmpty, (try? await services.libraryGuard.admit(library)) != nil else { return [] }
        let offline = await services.libraryGuard.offlineVolumes(of: library).keys
        return absent.filter { book in !offline.contains { book.path.isWithin($0) } }
    }
}

extension BookPlace {
    fileprivate func isAt(_ record: BookRecord, of library: LibraryName) -> Bool {
        self.library == library && directory == record.directory && name == record.name
    }
}

extension BookRecord {
    fileprivate var traits: BookMatch.Traits {
        BookMatch.Traits(name: name, size: stamp.size, modified: stamp.modified, hash: facts?.hash)
    }
}

extension BookMove {
    fileprivate func isTo(_ record: BookRecord) -> Bool { directory == record.directory && name == record.name }

    fileprivate init(_ book: BookPlace, to record: BookRecord) {
        self.init(
            book,
            to: record.directory,
            as: record.name,
            seriesDirectory: record.seriesDirectory,
            rootName: record.rootName
        )
    }
}
