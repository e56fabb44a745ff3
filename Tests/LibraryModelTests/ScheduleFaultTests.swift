// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("What is no schedule is refused, with the reason and what to write instead")
struct ScheduleFaultTests {
    private func refusal(_ text: String) -> ScheduleFault? {
        do throws(ScheduleFault) {
            _ = try Schedule(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "", "  ", "6h", "03.30", "daily", "at three o'clock", "off off", "Every 6h", "@reboot", "@daily 3",
    ])
    func `what looks like none of the forms is told all of them`(text: String) throws {
        let fault = try #require(refusal(text))
        #expect(fault == .unknown(text.trimmed))
        #expect(fault.summary.contains("\"\(text.trimmed)\""))
        #expect(fault.remedy?.contains("\"every 6h\"") == true)
        #expect(fault.code == "schedule_refused")
    }

    @Test(arguments: ["24:00", "03:60", "3:5", "03:30:00", "-3:30", ":30", "03:", "003:30", "+3:30", "٣:٣٠"])
    func `a time that no clock shows is refused`(text: String) {
        #expect(refusal(text) == .noTime(text))
    }

    @Test(arguments: [
        "every", "every 6", "every h", "every 0h", "every 30s", "every 6w", "every -6h", "every 1.5h", "every 6hh",
        "every 367d", "every 9999999999h", "every 999999999d",
    ])
    func `a period without a unit, or too short or too long, is refused`(text: String) throws {
        let fault = try #require(refusal(text))
        #expect(fault == .badPeriod(text))
        #expect(fault.remedy?.contains("\"every 6h\"") == true)
    }

    @Test func `periods of a minute and of a year are allowed`() {
        #expect(refusal("every 1m") == nil)
        #expect(refusal("every 366d") == nil)
    }

    @Test(arguments: [("* * * *", 4), ("30 3", 2), ("0 0 3 * * *", 6), ("*", 1)])
    func `four or six fields are refused`(text: String, count: Int) throws {
        let fault = try #require(refusal(text))
        #expect(fault == .fieldCount(text, count))
        #expect(fault.summary.contains("\(count) fields"))
    }

    @Test(arguments: [
        ("60 * * * *", "minute", "60", "from 0 to 59"), ("* 24 * * *", "hour", "24", "from 0 to 23"),
        ("* * 0 * *", "day of the month", "0", "from 1 to 31"), ("* * * 13 *", "month", "13", "\"jan\""),
        ("* * * * 8", "day of the week", "8", "\"sun\""), ("* * * mon *", "month", "mon", "\"jan\""),
        ("mon * * * *", "minute", "mon", "from 0 to 59"), ("0, * * * *", "minute", "", "from 0 to 59"),
        ("? * * * *", "minute", "?", "from 0 to 59"), ("-1 * * * *", "minute", "-1", "from 0 to 59"),
        ("1-2-3 * * * *", "minute", "1-2-3", "from 0 to 59"), ("* * L * *", "day of the month", "L", "from 1 to 31"),
        ("99999999999999999999 * * * *", "minute", "99999999999999999999", "from 0 to 59"),
        ("0,1,70,90 * * * *", "minute", "70", "from 0 to 59"), ("5/15 * * * *", "minute", "5/15", "\"5-59/15\""),
        ("*/0 * * * *", "minute", "*/0", "\"*/2\""), ("*/ * * * *", "minute", "*/", "\"*/2\""),
        ("*/5/5 * * * *", "minute", "*/5/5", "\"*/2\""), ("50-10 * * * *", "minute", "50-10", "\"50-59,0-10\""),
        ("* * * * fri-tue", "day of the week", "fri-tue", "\"5-6,0-2\""),
    ])
    func `a wrong entry is named with its field`(text: String, field: String, entry: String, hint: String) throws {
        let fault = try #require(refusal(text))
        guard case .badEntry(text, let wrongField, let wrongEntry, _, _) = fault else {
            Issue.record("\(fault)")
            return
        }
        #expect(wrongField == field)
        #expect(wrongEntry == entry)
        #expect(fault.remedy?.contains(hint) == true, "\(fault.remedy ?? "")")
        #expect(fault.summary.contains("\"\(entry)\""))
    }

    @Test(arguments: ["0 0 30 2 *", "0 0 31 feb,apr,jun,sep,nov *", "0 0 30,31 2 */2"])
    func `a day that never comes is refused`(text: String) throws {
        let fault = try #require(refusal(text))
        #expect(fault == .never(text))
        #expect(fault.summary.contains("never comes"))
    }

    @Test func `a day that never comes is allowed where a day of the week is enough`() {
        #expect(refusal("0 0 30 2 mon") == nil)
        #expect(refusal("0 0 29 2 *") == nil)
    }

    @Test(arguments: [("50-59,0-10 * * * *", "* * * * *"), ("5-59/15 * * * *", "5,20,35,50 * * * *")])
    func `what is told to write instead is a schedule`(text: String, same: String) throws {
        #expect(refusal(text) == nil)
        #expect(refusal(same) == nil)
    }
}

extension String {
    /// Without spaces around it.
    fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
