// SPDX-License-Identifier: MIT
import LibraryModel
import Support

/// One damaged book; its seed alone says which, and so makes it again.
struct FuzzInput: Sendable {
    let seed: UInt64

    /// What was damaged.
    let name: String

    /// What the file's name promises, which is mostly true.
    let promised: MediaFormat
    let checksParts: Bool
    let hashes: HashWishes
    let bytes: [UInt8]

    init(seed: UInt64, of fixtures: FuzzFixtures) throws {
        self.seed = seed
        var random = SplitMix(seed: seed)
        // A generator's neighbouring seeds begin with the same numbers, moved by one.
        random = SplitMix(seed: random.next() &* 0x9E37_79B9_97F4_A7C5)
        let isInside = Bool.random(using: &random)
        let book = try Self.book(fixtures, &random, isInside)
        var bytes = book.bytes
        if !isInside || Int.random(in: 0..<3, using: &random) == 0 {
            var mutation = ByteMutation(SplitMix(seed: random.next()))
            let other = fixtures.wholes.randomElement(using: &random)?.bytes ?? []
            bytes = mutation.damage(bytes, with: other)
            if Bool.random(using: &random) { bytes = ChecksumMending.mended(bytes) }
        }
        name = book.name
        promised =
            Int.random(in: 0..<8, using: &random) == 0
            ? MediaFormat.allCases.randomElement(using: &random) ?? .cbz : book.format
        checksParts = Bool.random(using: &random)
        hashes = HashWishes(rawValue: UInt8.random(in: 0..<4, using: &random))
        self.bytes = bytes
    }

    private static func book(
        _ fixtures: FuzzFixtures,
        _ random: inout SplitMix,
        _ isInside: Bool
    ) throws -> FuzzFixtures.Whole {
        let isWhole = Int.random(in: 0..<3, using: &random) == 0
        guard isInside else {
            return (isWhole ? fixtures.wholes : fixtures.comics).randomElement(using: &random) ?? fixtures.wholes[0]
        }
        if isWhole, let whole = fixtures.wholes.filter({ !$0.parts.isEmpty }).randomElement(using: &random) {
            return try repacked(whole, fixtures, &random)
        }
        guard let container = fixtures.containers.randomElement(using: &random) else { return fixtures.wholes[0] }
        var parts = (1...Int.random(in: 1...3, using: &random)).compactMap { number in
            fixtures.pages.randomElement(using: &random).map {
                FuzzFixtures.Part(name: "Book/\(number) \($0.name)", bytes: $0.bytes)
            }
        }
        parts += fixtures.documents.filter { _ in Bool.random(using: &random) }
        damage(&parts, fixtures, &random)
        let bytes = try container.archive(parts.map { ($0.name, $0.bytes) })
        return FuzzFixtures.Whole(name: container.description, format: container.format, bytes: bytes)
    }

    private static func repacked(
        _ whole: FuzzFixtures.Whole,
        _ fixtures: FuzzFixtures,
        _ random: inout SplitMix
    ) throws -> FuzzFixtures.Whole {
        var parts = whole.parts
        damage(&parts, fixtures, &random)
        let containers = [Container.zip] + Container.zips
        let container = containers.randomElement(using: &random) ?? Container.zip
        var repacked = whole
        repacked.bytes = try container.archive(parts.map { ($0.name, $0.bytes) })
        return repacked
    }

    /// Damages one of the files, or its name; the container will sum and measure it as it then is.
    private static func damage(
        _ parts: inout [FuzzFixtures.Part],
        _ fixtures: FuzzFixtures,
        _ random: inout SplitMix
    ) {
        guard let place = parts.indices.randomElement(using: &random) else { return }
        var mutation = ByteMutation(SplitMix(seed: random.next()))
        if Int.random(in: 0..<10, using: &random) == 0 {
            let name = mutation.damage(Array(parts[place].name.utf8), with: []).prefix(30)
            // Three times as many bytes where none is text; a header of tar takes a hundred.
            parts[place].name = String(decoding: name, as: UTF8.self)
            return
        }
        let other = (fixtures.pages + fixtures.documents).randomElement(using: &random)?.bytes ?? []
        let damaged = mutation.damage(parts[place].bytes, with: other)
        parts[place].bytes = Bool.random(using: &random) ? ChecksumMending.mended(damaged) : damaged
    }
}
