// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import stumpctl

@Suite("Of a daemon that does not answer is told why, as far as this machine knows")
struct AbsentDaemonTests {
    private static let socket = "/run/stump/stumpd.sock"

    private func report(
        _ unit: ServiceUnit?,
        isInstalled: Bool = true,
        isNamed: Bool = false,
        _ fault: ControlFault = .notRunning(socket: AbsentDaemonTests.socket)
    ) -> ErrorReport {
        let absence = AbsentDaemon(
            socket: AbsentDaemonTests.socket,
            isNamed: isNamed,
            isInstalled: isInstalled,
            unit: unit
        )
        return ErrorReport(absence.explain(fault))
    }

    @Test func `what systemctl prints is understood, and no unit is none`() {
        let text = """
            LoadState=loaded
            ActiveState=failed
            SubState=failed
            UnitFileState=enabled
            Result=exit-code
            StatusText=2 libraries; scan = 4 %
            ExecMainStatus=78
            """
        let unit = ServiceUnit(
            active: "failed",
            sub: "failed",
            file: "enabled",
            result: "exit-code",
            status: "2 libraries; scan = 4 %",
            exitCode: 78
        )
        #expect(ServiceUnit(properties: text) == unit)
        #expect(ServiceUnit(properties: "LoadState=not-found\nActiveState=inactive\n") == nil)
        #expect(ServiceUnit(properties: "") == nil)
    }

    @Test func `without a program and a unit it is not installed`() {
        let report = report(nil, isInstalled: false)
        #expect(report.code == "daemon_not_installed")
        #expect(report.hint?.contains("make install") == true)
        #expect(self.report(nil).code == "daemon_not_running")
    }

    @Test func `a service that was stopped is started, and one that never is, for good`() {
        let stopped = report(ServiceUnit(active: "inactive", sub: "dead", file: "enabled", result: "success"))
        #expect(stopped.code == "daemon_not_running")
        #expect(stopped.detail == "cannot reach stumpd: it is not running (stumpd.service is inactive)")
        #expect(stopped.hint == "`sudo systemctl start stumpd` starts it")
        let disabled = report(ServiceUnit(active: "inactive", file: "disabled"))
        #expect(disabled.hint == "`sudo systemctl enable --now stumpd` starts it")
    }

    @Test func `a service that failed has its last words, and the hint that its exit status calls for`() {
        let unit = ServiceUnit(
            active: "failed",
            result: "exit-code",
            exitCode: 78,
            lastLine: "stumpd: error: /etc/stump/stumpd.toml:3:1: unknown key"
        )
        let report = report(unit)
        #expect(report.code == "daemon_failed")
        #expect(report.detail.contains("exit-code, status 78"))
        #expect(report.detail.hasSuffix("stumpd.toml:3:1: unknown key"))
        #expect(report.hint?.hasPrefix("`stumpctl config check`") == true)
        let again = self.report(ServiceUnit(active: "activating", sub: "auto-restart", result: "signal"))
        #expect(again.code == "daemon_failed")
        #expect(again.detail.contains("is started again"))
    }

    @Test func `a service that starts is waited for, with what it is busy with`() {
        let unit = ServiceUnit(active: "activating", sub: "start", status: "checking the database")
        let report = report(unit)
        #expect(report.code == "starting")
        #expect(report.exitCode == 10)
        #expect(report.detail.hasSuffix("it is starting: checking the database"))
    }

    @Test func `a service that runs without a socket is a contradiction, and told as one`() {
        let report = report(ServiceUnit(active: "active", sub: "running"))
        #expect(report.code == "daemon_unreachable")
        #expect(report.detail.contains("systemd says that it runs"))
    }

    @Test func `of a socket that somebody named systemd knows nothing`() {
        let report = report(ServiceUnit(active: "failed"), isInstalled: false, isNamed: true)
        #expect(report == ErrorReport(ControlFault.notRunning(socket: AbsentDaemonTests.socket)))
    }

    @Test func `a program that hangs is not waited for, and one that fails has said nothing`() {
        let sleeper = BriefProgram(path: "/bin/sleep", arguments: ["600"])
        #expect(sleeper.output(within: .milliseconds(50)) == nil)
        let output = { BriefProgram(path: $0, arguments: $1).output(within: .seconds(20)) }
        #expect(output("/bin/sh", ["-c", "echo no; exit 1"]) == nil)
        #expect(output("/bin/echo", ["yes"]) == "yes\n")
        #expect(output("/nonexistent", []) == nil)
        #expect(output("/usr/bin/yes", []) == nil)
    }
}

@Suite("Who may not use the socket is told what makes him one who may")
struct SocketPermissionTests {
    @Test func `a stranger joins the group`() {
        let report = ErrorReport(SocketPermission(socket: "/s", user: "ada", group: "stump").fault)
        #expect(report.exitCode == 11)
        #expect(report.detail.hasSuffix("ada is not in the group stump, which may use /s"))
        #expect(report.hint?.hasPrefix("`sudo usermod -aG stump $USER`") == true)
    }

    @Test func `a new member begins a new session`() {
        let permission = SocketPermission(socket: "/s", user: "ada", group: "stump", isMemberElsewhere: true)
        #expect(permission.fault.remedy?.contains("newgrp stump") == true)
    }

    @Test func `a socket of another user is his alone`() {
        let report = ErrorReport(SocketPermission(socket: "/s", user: "ada", owner: "bob").fault)
        #expect(report.detail.hasSuffix("the socket /s is bob's alone"))
    }
}
