// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc

/// A place in a library, found from a path as a person types it.
struct LibraryPath: Equatable {
    var library: String
    /// With the library's root as it is configured, whatever links led here.
    var absolute: String
    /// Without the root; empty for the root itself.
    var relative: String

    /// The place that `path` names, taken from `directory` where it is relative.
    ///
    /// As it is written, else with links followed on both sides: a root may be a link, and so may the way to here.
    static func locate(
        _ path: String,
        from directory: String,
        in libraries: [LibrarySummary]
    ) throws(CommandFault) -> LibraryPath {
        let absolute = normalized(path.hasPrefix("/") ? path : directory + "/" + path)
        let roots = libraries.map { ($0, normalized($0.root)) }
        guard
            let place = innermost(roots, around: absolute)
                ?? innermost(libraries.map { ($0, resolved($0.root)) }, around: resolved(absolute))
        else {
            throw CommandFault(
                code: "not_in_a_library",
                summary: "cannot find the library of \(absolute): it lies below no library's root",
                remedy: "`stumpctl libraries` shows the roots",
                status: .notFound
            )
        }
        return place
    }

    private static func innermost(_ roots: [(LibrarySummary, String)], around path: String) -> LibraryPath? {
        let around = roots.filter { path == $0.1 || path.hasPrefix($0.1 == "/" ? "/" : $0.1 + "/") }
        guard let (library, root) = around.max(by: { $0.1.utf8.count < $1.1.utf8.count }) else { return nil }
        let relative = String(path.dropFirst(root.count).drop { $0 == "/" })
        return LibraryPath(
            library: library.name,
            absolute: normalized(library.root + "/" + relative),
            relative: relative
        )
    }

    /// Without `.`, `..`, and doubled slashes, by the text alone.
    static func normalized(_ path: String) -> String {
        let names = path.split(separator: "/").reduce(into: [Substring]()) { names, name in
            switch name {
            case ".": break
            case "..": _ = names.popLast()
            default: names.append(name)
            }
        }
        return "/" + names.joined(separator: "/")
    }

    /// With links followed as far as the path exists: what was just deleted can still be scanned for.
    private static func resolved(_ path: String) -> String {
        if let real = realpath(path, nil) {
            defer { free(real) }
            return String(cString: real)
        }
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return path }
        return resolved(String(path[..<slash])) + path[slash...]
    }
}
