// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI
import Testing

@testable import stumpctl

@Suite("A failure says what, why, and what to type, and has its exit status")
struct ErrorReportTests {
    private func problem(_ status: Int, code: String = "x") -> ControlFault {
        .problem(APIProblem(title: "a", status: status, detail: "b", code: code))
    }

    @Test func `people read two lines, and what strangers wrote is escaped`() {
        let fault = CommandFault(code: "x", summary: "cannot: a\u{1b}b", remedy: "type this", status: .failed)
        let lines = ErrorReport(fault).lines(Paint(isOn: false))
        #expect(lines == [#"stumpctl: error: cannot: a\u{1b}b"#, "hint: type this"])
    }

    @Test func `scripts read one object`() throws {
        let problem = APIProblem(title: "a", status: 404, detail: "b", code: "c", hint: "d")
        let report = ErrorReport(ControlFault.problem(problem))
        let json = String(decoding: try ControlJSON.encode(report), as: UTF8.self)
        #expect(json == #"{"code":"c","detail":"a: b","exit_code":12,"hint":"d","type":"error"}"#)
    }

    @Test func `what is not there or in the wrong state has a hint, also where the daemon gives none`() {
        #expect(ErrorReport(problem(409, code: "wrong_state")).hint?.contains("`stumpctl jobs`") == true)
        #expect(ErrorReport(problem(404)).hint?.contains("`stumpctl libraries`") == true)
        #expect(ErrorReport(problem(500)).hint == nil)
    }

    @Test func `every fault has its exit status`() {
        #expect(ExitStatus(.notRunning(socket: "")) == .unreachable)
        #expect(ExitStatus(.refused(socket: "")) == .unreachable)
        #expect(ExitStatus(.hungUp(socket: "")) == .unreachable)
        #expect(ExitStatus(.notPermitted(socket: "")) == .notPermitted)
        #expect(ExitStatus(.untrustedDirectory("")) == .notPermitted)
        #expect(ExitStatus(.timedOut(socket: "", after: .zero)) == .timedOut)
        #expect(ExitStatus(.malformed(path: "", reason: "")) == .failed)
        #expect(ExitStatus(.pathTooLong(socket: "")) == .usage)
        #expect(ExitStatus(problem(409, code: "root_offline")) == .jobFailed)
        let statuses = [400, 403, 404, 409, 422, 500].map { ExitStatus(problem($0)) }
        #expect(statuses == [.usage, .notPermitted, .notFound, .wrongState, .usage, .failed])
    }

    @Test func `a wrong command line is refused with the help that fits`() {
        #expect {
            _ = try Stumpctl.parseAsRoot(["jobs", "show"])
        } throws: { error in
            let report = ErrorReport(error)
            return report.code == "usage" && report.exitCode == ExitStatus.usage.rawValue
                && report.hint?.hasPrefix("`stumpctl jobs show --help`") == true
        }
    }
}
