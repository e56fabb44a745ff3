// SPDX-License-Identifier: MIT
import LibraryModel
import Logging
import StumpDaemon
import Testing

@Suite("One record is one line, whatever a file is called")
struct LogfmtTests {
    @Test func `plain values are bare and the rest is quoted`() {
        let record = LogRecord.sample(
            "Scan finished",
            level: .warning,
            metadata: ["job.id": "42", "path": "a b", "empty": "", "eq": "a=b"]
        )
        #expect(
            LogfmtLines.line(of: record)
                == "time=2023-11-14T22:13:20.000Z level=warning component=scan msg=\"Scan finished\" empty=\"\" "
                + "eq=\"a=b\" job.id=42 path=\"a b\""
        )
    }

    @Test(arguments: [
        "x\nlevel=error msg=forged", "x\r\n", "\u{1B}[2Jx", "\u{202E}cbz.exe", "\u{85}", "\u{2028}", "\u{7F}", "a\0b",
    ])
    func `a name cannot forge a line or move the cursor`(name: String) {
        let record = LogRecord.sample("Found \(name)", metadata: ["path": "\(name)", "k\(name)": "v"])
        let terminal = TerminalLines(hasColour: false, timeOfDay: { _ in "" })
        for line in [LogfmtLines.line(of: record), terminal.line(of: record)] {
            #expect(!line.contains(name))
            #expect(
                line.unicodeScalars.allSatisfy {
                    ![.control, .format, .lineSeparator].contains($0.properties.generalCategory)
                }
            )
        }
    }

    @Test func `quotes and backslashes are escaped`() {
        #expect(LogfmtLines.value("a\"b\\c\td") == "\"a\\\"b\\\\c\\td\"")
        #expect(LogfmtLines.value("\u{1B}\u{E0001}") == "\"\\u001b\\U000e0001\"")
        #expect(LogfmtLines.value("Größe-漫画🎈") == "Größe-漫画🎈")
    }

    @Test func `a terminal's line is coloured only where colours are wanted`() {
        let record = LogRecord.sample("Library is offline", level: .notice, metadata: ["library": "comics"])
        let plain = TerminalLines(hasColour: false, timeOfDay: { _ in "12:00:00" }).line(of: record)
        #expect(plain == "12:00:00 notice   Library is offline  library=comics")
        let coloured = TerminalLines(hasColour: true, timeOfDay: { _ in "12:00:00" }).line(of: record)
        #expect(coloured.contains("\u{1B}[36mnotice\u{1B}[0m"))
    }

    @Test func `the destination follows what standard error is`() {
        let stream = LogDestination.Stream(device: 8, inode: 15, isTerminal: false)
        let terminal = LogDestination.Stream(device: 8, inode: 15, isTerminal: true)
        #expect(LogDestination(stream, environment: ["JOURNAL_STREAM": "8:15"]) == .journal)
        #expect(LogDestination(stream, environment: ["JOURNAL_STREAM": "8:16"]) == .logfmt)
        #expect(LogDestination(stream, environment: [:]) == .logfmt)
        #expect(LogDestination(terminal, environment: ["JOURNAL_STREAM": "8:1"]) == .terminal(hasColour: true))
        #expect(LogDestination(terminal, environment: ["NO_COLOR": "1"]) == .terminal(hasColour: false))
        #expect(LogDestination(terminal, environment: ["TERM": "dumb"]) == .terminal(hasColour: false))
    }
}
