// SPDX-License-Identifier: MIT
import FoundationEssentials
import LibraryModel
import Testing

@Suite("Two requests that become one job lose none of their wishes")
struct ScanOptionsTests {
    private static let single: [ScanOptions] = [
        ScanOptions(force: true), ScanOptions(metadata: true), ScanOptions(hashes: true), ScanOptions(thumbnails: true),
        ScanOptions(acceptLosses: true), ScanOptions(triesAgain: true),
    ]

    @Test(arguments: single) func `what one of them asks for is done`(options: ScanOptions) {
        #expect(options.merged(with: ScanOptions()) == options)
        #expect(ScanOptions().merged(with: options) == options)
        #expect(options.merged(with: options) == options)
    }

    @Test func `all wishes together are all wishes`() {
        let all = Self.single.reduce(ScanOptions()) { $0.merged(with: $1) }
        #expect(
            all
                == ScanOptions(
                    force: true,
                    metadata: true,
                    hashes: true,
                    thumbnails: true,
                    acceptLosses: true,
                    triesAgain: true
                )
        )
    }

    @Test(
        arguments: [
            (nil, nil, nil), (.sync, nil, .sync), (.sync, .batched, .sync), (.sync, .sync, .sync),
            (.batched, nil, .batched),
            (.batched, .batched, .batched),
        ] as [(ScanMode?, ScanMode?, ScanMode?)]
    )
    func `whoever wants to be told of each book is`(one: ScanMode?, other: ScanMode?, both: ScanMode?) {
        #expect(ScanOptions(mode: one).merged(with: ScanOptions(mode: other)).mode == both)
        #expect(ScanOptions(mode: other).merged(with: ScanOptions(mode: one)).mode == both)
    }

    @Test func `unchanged books are read for what is in them, not for their thumbnails`() {
        #expect(Self.single.map(\.readsAll) == [true, true, true, false, false, false])
        #expect(Self.single.map(\.drawsAll) == [true, false, false, true, false, false])
    }

    @Test func `options come back as they were written, and what an earlier version did not know is not asked for`()
        throws
    {
        let options = ScanOptions(
            metadata: true,
            hashes: true,
            mode: .sync,
            dryRun: true,
            acceptLosses: true,
            triesAgain: true
        )
        #expect(try JSONDecoder().decode(ScanOptions.self, from: JSONEncoder().encode(options)) == options)
        let old = Data(#"{"force":true,"accept_losses":false}"#.utf8)
        #expect(try JSONDecoder().decode(ScanOptions.self, from: old) == ScanOptions(force: true))
    }
}
