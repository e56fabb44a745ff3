// SPDX-License-Identifier: MIT
import ArgumentParser
import Glibc

/// Becomes `stumpd --check-config`, which alone knows what a configuration means; needs no daemon.
struct ConfigCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say whether a configuration is right, and if not, where; ends with 78 if not."
    )

    @Argument(help: "The file; without it, the one that stumpd would read.", completion: .file(extensions: ["toml"]))
    var file: String?

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard !options.json else { throw ValidationError("config check has no JSON: its result is its exit status") }
    }

    func run() async throws {
        let arguments = ["stumpd", "--check-config"] + (file.map { ["--config", $0] } ?? [])
        for program in StumpdProgram.places where access(program, X_OK) == 0 {
            var pointers = arguments.map { strdup($0) } + [nil]
            execv(program, &pointers)
            throw fault("cannot run \(program): \(String(cString: strerror(errno)))")
        }
        throw fault("cannot find stumpd: it is neither beside stumpctl nor in /usr/sbin nor in PATH")
    }

    private func fault(_ summary: String) -> CommandFault {
        CommandFault(
            code: "stumpd_not_found",
            summary: summary,
            remedy: "install stumpd beside stumpctl or in /usr/sbin",
            status: .failed
        )
    }
}
