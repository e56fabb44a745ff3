// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Testing

@Suite("A file's hashes are those that other programs compute")
struct FileHashTests {
    /// The hashes are coreutils': `sha256sum`, and `md5sum` of the samples that `dd` took.
    @Test(arguments: [
        (
            1, "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a", "55a54008ad1ba589aa210d2629c1df41"
        ),
        (
            1024, "7a90bd46604dc51880deca02ef48c7561eed095dfa681053eefcd7a3b737ec14", "e1a0bfcb89f4009a0e781fdb23cc69b2"
        ),
        (
            1025, "f627bfdac2dfb0c41ef585ceba055fe670aa66cf1cdf361041d4ee3cd9dc6025", "d94c94175da3f102d132112d9548e3d8"
        ),
        (
            5000, "ea2cc1c2d074c288387a483bdfd84698450e2b8e132159bb2fd8606f6ef2d1cb", "9b1913770e24596dda303b2fc67fe0cd"
        ),
        (
            300_000, "941817e66e164392b9380cd9a6372950ad0c2474781e4822ea820855a03e7045",
            "8c65b8bb5e0d3f9f0c2a7a7ffd45c311"
        ),
        (
            2_000_000, "53031897f463c3d890401ab3096e75a7996f24ea7e4bf1999ffa1f99d0086350",
            "633bdcd483d2e7eace0d8d263d793bb8"
        ),
    ])
    func `of a file of any length, book or not`(length: Int, hash: String, koreaderHash: String) throws {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 31 + ($0 >> 8) * 17 + 1) }
        let facts = try facts(of: bytes, hashes: [.file, .koreader])
        #expect(facts.hash.map(hexadecimal) == hash)
        #expect(facts.koreaderHash.map(hexadecimal) == koreaderHash)
    }

    @Test func `those that are not wanted are not made`() throws {
        let comic = BookBuilder.comic(pages: 1)
        let none = try facts(of: comic)
        #expect(none.hash == nil && none.koreaderHash == nil)
        let one = try facts(of: comic, hashes: .koreader)
        #expect(one.hash == nil && one.koreaderHash != nil)
        let other = try facts(of: comic, hashes: .file)
        #expect(other.hash != nil && other.koreaderHash == nil)
    }

    @Test func `a file whose end has not come yet has none`() throws {
        let facts = try facts(of: BookBuilder.truncatedComic(), hashes: [.file, .koreader])
        #expect(facts.hash == nil && facts.koreaderHash == nil)
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
