// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

/// A failure that a command found out by itself.
struct CommandFault: Error, Equatable {
    var code: String
    /// The thing, a colon, the reason.
    var summary: String
    var remedy: String?
    var status: ExitStatus
}

/// What a person or a script is told when a command fails.
struct ErrorReport: Encodable, Equatable {
    let type = "error"
    let code: String
    let exitCode: Int32
    let detail: String
    @Nullable var hint: String?

    init(_ error: any Error) {
        switch error {
        case let fault as CommandFault: self.init(fault.code, fault.status.rawValue, fault.summary, fault.remedy)
        case ControlFault.problem(let problem) where problem.code == "configuration_refused":
            self.init(problem.code, ExitStatus.badConfiguration.rawValue, problem.detail, problem.hint)
        case let fault as ControlFault:
            self.init(fault.code, ExitStatus(fault).rawValue, fault.summary, fault.remedy ?? ErrorReport.hint(fault))
        default: self.init(usage: error)
        }
    }

    /// Says more of a daemon that cannot be asked than its socket does.
    init(_ error: any Error, _ options: GlobalOptions?) {
        self.init(ErrorReport.explained(error, options))
    }

    private static func explained(_ error: any Error, _ options: GlobalOptions?) -> any Error {
        guard let fault = error as? ControlFault, let socket = fault.socket else { return error }
        if case .notPermitted = fault { return SocketPermission(socket: socket).fault }
        return AbsentDaemon(options, socket: socket).explain(fault)
    }

    /// What ArgumentParser has to say against the command line.
    private init(usage error: any Error) {
        // Its last line is "See 'stumpctl jobs show --help' for more information."
        let help = Stumpctl.fullMessage(for: error).split(separator: "'").last { $0.hasSuffix(" --help") }
        self.init(
            "usage",
            Stumpctl.exitCode(for: error).rawValue,
            Stumpctl.message(for: error),
            "`\(help ?? "stumpctl --help")` shows what can be typed"
        )
    }

    private init(_ code: String, _ exitCode: Int32, _ detail: String, _ hint: String?) {
        self.code = code
        self.exitCode = exitCode
        self.detail = detail
        self.hint = hint
    }

    /// What is always true of a refusal that comes without a hint.
    private static func hint(_ fault: ControlFault) -> String? {
        switch ExitStatus(fault) {
        case .notFound: "`stumpctl libraries`, `stumpctl jobs` and `stumpctl books` list what there is"
        case .wrongState: "`stumpctl status` and `stumpctl jobs` show in what state everything is"
        default: nil
        }
    }

    /// For people: what is wrong, then what to type.
    func lines(_ paint: Paint) -> [String] {
        // Of a configuration everything that is wrong is told, each on a line of its own.
        let details = code == "configuration_refused" ? detail.split(separator: "\n").map(String.init) : [detail]
        let errors = details.map { "stumpctl: \(paint.bad("error:")) \(ShownText.escaped($0))" }
        return errors + (hint.map { ["\(paint.strong("hint:")) \(ShownText.escaped($0))"] } ?? [])
    }

    func tell(_ terminal: Terminal, json: Bool) {
        if json, let object = try? ControlJSON.encode(self) {
            terminal.complain(String(decoding: object, as: UTF8.self))
        } else {
            for line in lines(terminal.paint(.messages)) { terminal.complain(line) }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case code
        case exitCode = "exit_code"
        case detail
        case hint
    }
}
