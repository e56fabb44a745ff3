// SPDX-License-Identifier: MIT
// Fills in a manual page: swift generate.swift SOURCE PAGE.in DATE
// SOURCE is what a program's --experimental-dump-help prints, or the example configuration, which explains every key.
import Foundation

struct Tool: Decodable {
    var command: Command
}

struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool?
    var arguments: [Argument]?
    var subcommands: [Command]?
    var defaultSubcommand: String?
}

struct Argument: Decodable {
    struct Name: Decodable {
        var kind: String
        var name: String
    }

    var kind: String
    var shouldDisplay: Bool?
    var isOptional: Bool?
    var isRepeating: Bool?
    var names: [Name]?
    var valueName: String?
    var abstract: String?
    var discussion: String?
    var defaultValue: String?
    var allValues: [String]?
}

/// Text as roff takes it: no control line, no escape, a line a sentence.
func prose(_ text: String) -> String {
    let escaped = text.replacingOccurrences(of: "\\", with: "\\e").replacingOccurrences(of: "`", with: "")
    return escaped.split(separator: "\n").map { line in
        let line = line.replacingOccurrences(of: ". ", with: ".\n")
        return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
    }.joined(separator: "\n")
}

/// `.Fl -json` for `--json`, `.Fl q` for `-q`.
func flag(_ name: Argument.Name) -> String {
    "Fl " + (name.kind == "long" ? "-" : "") + name.name.replacingOccurrences(of: "-", with: "\\-")
}

func value(_ argument: Argument) -> String {
    "Ar " + (argument.valueName ?? "value")
}

func title(_ argument: Argument) -> String {
    guard let names = argument.names, !names.isEmpty else {
        return value(argument) + (argument.isRepeating == true ? " ..." : "")
    }
    // Short before long, as everywhere.
    let sorted = names.sorted { $0.name.count < $1.name.count }
    return sorted.map { flag($0) + (argument.kind == "option" ? " " + value(argument) : "") }
        .joined(separator: " , ")
}

func explanation(_ argument: Argument) -> String {
    var text = [argument.abstract, argument.discussion].compactMap { $0 }.map(prose).joined(separator: "\n")
    if let values = argument.allValues, !values.isEmpty {
        text += "\nOne of \(values.joined(separator: ", "))."
    }
    if let usual = argument.defaultValue { text += "\nThe default is \(prose(usual))." }
    return text
}

func isShown(_ argument: Argument) -> Bool {
    argument.shouldDisplay ?? true && argument.names?.contains { $0.name == "help" || $0.name == "version" } != true
}

func list(_ arguments: [Argument]) -> String {
    guard !arguments.isEmpty else { return "" }
    let items = arguments.map { ".It \(title($0))\n\(explanation($0))" }
    return ([".Bl -tag -width Ds"] + items + [".El"]).joined(separator: "\n")
}

/// What stands behind a command's name in one line.
func synopsis(_ argument: Argument) -> String {
    let dots = argument.isRepeating == true ? " ..." : ""
    let isOptional = argument.isOptional ?? true || argument.kind == "flag"
    return ".\(isOptional ? "Op " : "")\(title(argument))\(dots.isEmpty || argument.names == nil ? "" : dots)"
}

func section(_ command: Command, _ parents: [String], without global: Set<String>) -> String {
    let path = parents + [command.commandName]
    let subcommands = (command.subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
    guard subcommands.isEmpty else {
        return subcommands.map { section($0, path, without: global) }.joined(separator: "\n")
    }
    let own = (command.arguments ?? []).filter { argument in
        isShown(argument) && argument.names?.contains { global.contains($0.name) } != true
    }
    var lines = [".Ss \(path.joined(separator: " "))"]
    lines += own.map(synopsis)
    if !own.isEmpty { lines.append(".Pp") }
    lines += [command.abstract, command.discussion].compactMap { $0 }.map(prose)
    if !own.isEmpty { lines.append(list(own)) }
    return lines.joined(separator: "\n")
}

/// The keys of the example configuration by table: what its comments say, and its defaults.
func keys(_ example: String) -> String {
    var (text, isOpen) = ("", false)
    var comment: [Substring] = []
    func close() {
        if isOpen { text += "\n.El" }
        isOpen = false
    }
    for line in example.split(separator: "\n", omittingEmptySubsequences: false) {
        let bare = line.hasPrefix("#") ? line.dropFirst() : line
        if bare.hasPrefix("[") {
            close()
            let table = bare.filter { $0 != "[" && $0 != "]" }.uppercased()
            text += "\n.Sh \(bare.hasPrefix("[[") ? "TABLES" : "TABLE") \(table)"
            if !comment.isEmpty { text += "\n" + prose(comment.joined(separator: "\n")) }
            comment = []
        } else if line.hasPrefix("# ") {
            comment.append(line.dropFirst(2))
        } else if line.isEmpty {
            comment = []
        } else if let equals = bare.firstIndex(of: "="), bare.first?.isLetter == true {
            if !isOpen { text += "\n.Bl -tag -width Ds" }
            isOpen = true
            let key = bare[..<equals].trimmingCharacters(in: .whitespaces)
            let value = bare[bare.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            text += "\n.It Ic \(key) No = \(value.replacingOccurrences(of: "\"", with: "\\(dq"))"
            text += "\n" + prose(comment.joined(separator: "\n"))
            comment = []
        }
    }
    close()
    return String(text.dropFirst())
}

/// Lines of text no longer than a terminal's; what is a request, or stands as it is, stays whole.
func folded(_ page: String) -> String {
    var isLiteral = false
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
        if line.hasPrefix(".Bd") { isLiteral = true }
        if line.hasPrefix(".Ed") { isLiteral = false }
        if isLiteral || line.hasPrefix(".") { return [String(line)] }
        if line.isEmpty { return [] }
        return line.split(separator: " ").reduce(into: [""]) { lines, word in
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.utf8.count + 1 + word.utf8.count <= 78 {
                lines[lines.count - 1] += " " + word
            } else {
                // A request begins with one of these.
                lines.append((word.hasPrefix(".") || word.hasPrefix("'") ? "\\&" : "") + word)
            }
        }
    }
    return lines.joined(separator: "\n")
}

let arguments = CommandLine.arguments
guard arguments.count == 4 else {
    FileHandle.standardError.write(Data("usage: swift generate.swift SOURCE PAGE.in DATE\n".utf8))
    exit(64)
}
var page = try String(contentsOfFile: arguments[2], encoding: .utf8)
    .replacingOccurrences(of: "@DATE@", with: arguments[3])
if arguments[1].hasSuffix(".toml") {
    page = page.replacingOccurrences(of: "@KEYS@", with: keys(try String(contentsOfFile: arguments[1], encoding: .utf8)))
} else {
    let tool = try JSONDecoder().decode(Tool.self, from: Data(contentsOf: URL(fileURLWithPath: arguments[1])))
    let global = (tool.command.arguments ?? []).filter(isShown)
    let names = Set(global.flatMap { $0.names ?? [] }.map(\.name))
    let commands = (tool.command.subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
    let sections = commands.map { section($0, [], without: names) }.joined(separator: "\n")
    page = page.replacingOccurrences(of: "@GLOBAL@", with: list(global))
        .replacingOccurrences(of: "@COMMANDS@", with: sections)
}
print(folded(page))
