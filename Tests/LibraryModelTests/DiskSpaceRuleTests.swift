// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("A queue that stopped for a full disk goes on when enough is free again")
struct DiskSpaceRuleTests {
    private static let mebibyte: UInt64 = 1 << 20

    @Test(
        arguments: [
            // A terabyte, four gibibytes, a disk of 100 MiB, one of 10 MiB, and one that is smaller than what is needed.
            (1 << 40, 256 * mebibyte), (4096 * mebibyte, 4096 * mebibyte / 20), (100 * mebibyte, 5 * mebibyte),
            (10 * mebibyte, mebibyte), (mebibyte / 2, mebibyte), (0, mebibyte), (.max, 256 * mebibyte),
        ] as [(UInt64, UInt64)]
    )
    func `a twentieth has to be free, at most 256 MiB and at least one`(total: UInt64, needed: UInt64) {
        #expect(DiskSpaceRule.needed(of: total) == needed)
        #expect(DiskSpaceRule.mayGoOn(free: needed, total: total))
        #expect(!DiskSpaceRule.mayGoOn(free: needed - 1, total: total))
    }
}
