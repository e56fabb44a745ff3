// SPDX-License-Identifier: MIT
import Testing

@testable import stumpctl

@Suite("Sizes, times and counts read well")
struct QuantityTests {
    @Test(
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (10_137, "9.9 KiB"), (10_240, "10 KiB"),
            (1_048_575, "1.0 MiB"), (123_456_789_012, "115 GiB"), (.max, "8192 PiB"),
        ] as [(Int64, String)]
    )
    func `a size has the digits that matter`(bytes: Int64, text: String) {
        #expect(Quantity.bytes(bytes) == text)
    }

    @Test(arguments: [
        (0.04, "0.0 s"), (4.21, "4.2 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 00 s"),
        (3599, "59 min 59 s"), (7800, "2 h 10 min"), (273_600, "3 d 4 h"),
    ])
    func `a time has its two largest units`(seconds: Double, text: String) {
        #expect(Quantity.seconds(seconds) == text)
    }

    @Test func `a count is grouped by thousands`() {
        #expect([0, 999, 1000, 1_234_567, -1000].map(Quantity.count) == ["0", "999", "1,000", "1,234,567", "-1,000"])
        #expect(Quantity.count(1, "book", "books") == "1 book")
    }

    @Test(arguments: [
        ("60", Duration.seconds(60)), ("90s", .seconds(90)), ("1.5s", .milliseconds(1500)),
        ("500ms", .milliseconds(500)),
        ("5m", .seconds(300)), ("1h", .seconds(3600)), ("0", .zero),
    ])
    func `a time limit has a unit or means seconds`(text: String, duration: Duration) {
        #expect(TimeLimit(argument: text) == TimeLimit(duration))
    }

    @Test(arguments: ["", "s", "-1", "5 m", "1d", "inf", "nan", "1e9"])
    func `what is no time is no time limit`(text: String) {
        #expect(TimeLimit(argument: text) == nil)
    }

    @Test func `what is no time of the API is shown as it is`() {
        #expect(LocalTime.text("yesterday") == "yesterday")
        #expect(LocalTime.text("2025-11-23T12:30:09.123Z").hasSuffix(":09"))
    }
}
