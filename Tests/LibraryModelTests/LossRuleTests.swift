// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("A loss that nobody saw is believed, or held for a person")
struct LossRuleTests {
    private func holds(
        volumes: [LossRule.Tally] = [],
        topDirectories: [LossRule.Tally] = [],
        rootIsEmpty: Bool = false
    ) -> Bool {
        LossRule(volumes: volumes, topDirectories: topDirectories, rootIsEmpty: rootIsEmpty).holds
    }

    @Test(arguments: [
        (1000, 0, false), (1000, 49, false), (100, 49, false), (100, 50, true), (1000, 199, false), (1000, 200, true),
        (3, 3, false), (50, 50, true), (49, 49, false),
    ])
    func `fifty books and a fifth of a volume are held`(present: Int, lost: Int, isHeld: Bool) {
        #expect(holds(volumes: [LossRule.Tally(present: present, lost: lost)]) == isHeld)
    }

    @Test(arguments: [
        (20, 10, true), (20, 9, false), (19, 19, false), (21, 10, false), (21, 11, true), (1000, 499, false),
        (1000, 500, true), (20, 0, false),
    ])
    func `half of a top directory of twenty or more is held`(present: Int, lost: Int, isHeld: Bool) {
        #expect(holds(topDirectories: [LossRule.Tally(present: present, lost: lost)]) == isHeld)
    }

    @Test func `one volume, or one directory, is enough`() {
        let calm = LossRule.Tally(present: 10_000, lost: 1)
        #expect(!holds(volumes: [calm, calm], topDirectories: [calm, calm]))
        #expect(holds(volumes: [calm, LossRule.Tally(present: 100, lost: 90)], topDirectories: [calm]))
        #expect(holds(volumes: [calm], topDirectories: [calm, LossRule.Tally(present: 30, lost: 30)]))
    }

    @Test func `an empty root holds the smallest loss, and no loss is held`() {
        #expect(holds(volumes: [LossRule.Tally(present: 3, lost: 1)], rootIsEmpty: true))
        #expect(holds(topDirectories: [LossRule.Tally(present: 3, lost: 1)], rootIsEmpty: true))
        #expect(!holds(volumes: [LossRule.Tally(present: 3, lost: 0)], rootIsEmpty: true))
        #expect(!holds(rootIsEmpty: true))
    }
}
