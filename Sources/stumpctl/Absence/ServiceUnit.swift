// SPDX-License-Identifier: MIT
import Glibc

/// What systemd knows of `stumpd.service`.
struct ServiceUnit: Equatable {
    /// Such as `active`, `activating`, `inactive` or `failed`.
    var active: String
    /// Such as `running`, `auto-restart` or `dead`.
    var sub = ""
    /// Whether it is started with the machine: `enabled` or `disabled`, among others.
    var file = ""
    /// Why it does not run, such as `exit-code` or `start-limit-hit`.
    var result = ""
    /// What the daemon said last of itself; empty where it said nothing.
    var status = ""
    /// How the daemon ended last.
    var exitCode: Int32 = 0
    /// Its last line in the journal, where this user may read that.
    var lastLine: String?

    private static let name = "stumpd.service"

    /// The most time that each question gets.
    private static let patience = Duration.seconds(2)

    /// What `systemctl show` prints; `nil` where there is no such unit.
    init?(properties: String) {
        var values: [Substring: String] = [:]
        for line in properties.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[line[..<equals]] = String(line[line.index(after: equals)...])
        }
        guard let active = values["ActiveState"], values["LoadState"] != "not-found" else { return nil }
        self.init(
            active: active,
            sub: values["SubState"] ?? "",
            file: values["UnitFileState"] ?? "",
            result: values["Result"] ?? "",
            status: values["StatusText"] ?? "",
            exitCode: values["ExecMainStatus"].flatMap { Int32($0) } ?? 0
        )
    }

    init(
        active: String,
        sub: String = "",
        file: String = "",
        result: String = "",
        status: String = "",
        exitCode: Int32 = 0,
        lastLine: String? = nil
    ) {
        (self.active, self.sub, self.file, self.result) = (active, sub, file, result)
        (self.status, self.exitCode, self.lastLine) = (status, exitCode, lastLine)
    }

    /// Asks systemd and the journal; `nil` where this machine was not started by systemd, or it does not answer.
    static func ask(searchPath: String?) -> ServiceUnit? {
        // What sd_booted(3) looks at.
        guard access("/run/systemd/system", F_OK) == 0,
            let systemctl = BriefProgram.find("systemctl", searchPath: searchPath)
        else { return nil }
        let properties = "LoadState,ActiveState,SubState,UnitFileState,Result,StatusText,ExecMainStatus"
        let question = BriefProgram(path: systemctl, arguments: ["show", name, "--property=\(properties)"])
        guard var unit = question.output(within: patience).flatMap(ServiceUnit.init(properties:)) else { return nil }
        if unit.active != "active", let journalctl = BriefProgram.find("journalctl", searchPath: searchPath) {
            // The daemon's own lines, not what systemd says of it.
            let arguments = ["--quiet", "--no-pager", "--output=cat", "--lines=1", "_SYSTEMD_UNIT=\(name)"]
            let line = BriefProgram(path: journalctl, arguments: arguments).output(within: patience)
            unit.lastLine = line?.split(separator: "\n").last.map { String($0) }
        }
        return unit
    }
}
