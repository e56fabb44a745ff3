// SPDX-License-Identifier: MIT
internal import LibraryModel
package import SystemPackage

/// One thing in the configuration that is refused, and what to write instead.
package struct Refusal: Error, Equatable, CustomStringConvertible {
    /// Where the refused thing was written.
    package enum Source: Equatable, Sendable {
        case file(FilePath, TextPosition)

        /// The value of a `--library` argument.
        case argument(String)
    }

    package var source: Source
    package var what: String
    package var remedy: String

    package init(source: Source, what: String, remedy: String) {
        (self.source, self.what, self.remedy) = (source, what, remedy)
    }

    /// Takes the words of what a value was refused by: a sentence that names the value, and one with a remedy.
    init(_ fault: any Fault, at source: Source) {
        self.source = source
        what = fault.summary
        let sentence = fault.remedy ?? "Take it out."
        let end = sentence.hasSuffix(".") ? 1 : 0
        remedy = sentence.prefix(1).lowercased() + sentence.dropFirst().dropLast(end)
    }

    /// `FILE:LINE:COLUMN: what: what to write instead`, on one line whatever the file holds.
    package var description: String {
        switch source {
        case .file(let path, let position):
            "\(path.string.escaped):\(position.line):\(position.column): \(what): \(remedy)"
        case .argument(let text): "--library \(text.escaped): \(what): \(remedy)"
        }
    }
}

/// A configuration that cannot be used; nothing of it was applied.
package enum ConfigurationFault: DaemonFault, Equatable {
    /// Everything that is wrong, in the order of the text.
    case refused([Refusal])
    case unreadable(FilePath, Errno)

    package var code: String { "configuration_refused" }

    /// One line for each refusal.
    package var summary: String {
        switch self {
        case .refused(let refusals): refusals.map(\.description).joined(separator: "\n")
        case .unreadable(let path, let error): "cannot read the configuration \(path.string.escaped): \(error)"
        }
    }

    package var remedy: String? {
        switch self {
        case .refused(let refusals):
            switch refusals.first(where: \.isInFile)?.source {
            case .file(let path, _)?: "Check again with `stumpd --check-config --config \(path.string.escaped)`."
            default: "Give a library as `--library comics=/srv/comics`."
            }
        case .unreadable: "Give a readable file with `--config FILE`, or libraries with `--library NAME=DIR`."
        }
    }

    package var exitCode: Int32 {
        switch self {
        case .refused(let refusals): refusals.contains(where: \.isInFile) ? ExitCode.configuration : ExitCode.usage
        case .unreadable(_, .permissionDenied), .unreadable(_, .notPermitted): ExitCode.permission
        case .unreadable: ExitCode.configuration
        }
    }
}

extension Refusal {
    fileprivate var isInFile: Bool {
        if case .file = source { true } else { false }
    }
}
