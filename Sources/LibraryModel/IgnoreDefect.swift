// SPDX-License-Identifier: MIT

/// Why a line of ignore rules matches nothing; git is silent about all of these.
package enum IgnoreDefect: Error, Hashable, Sendable {
    /// The last byte is a backslash, and nothing is left for it to escape.
    case endsInBackslash

    /// A `[` without its `]`.
    case openBracket

    /// A `[:name:]` that does not exist.
    case unknownClass(String)

    /// Nothing but `!` and `/`.
    case empty

    /// A NUL, which no name can hold; most likely the file is UTF-16.
    case holdsNUL

    /// Completes "line 3 …".
    package var reason: String {
        switch self {
        case .endsInBackslash: "ends in a backslash that escapes nothing"
        case .openBracket: "has a [ without its ]"
        case .unknownClass(let name): "names a class of characters that does not exist, [:\(name):]"
        case .empty: "names nothing"
        case .holdsNUL: "holds a zero byte"
        }
    }

    /// What to change.
    package var remedy: String {
        switch self {
        case .endsInBackslash: "Write \\\\ for a backslash in a name."
        case .openBracket: "Write \\[ for a bracket in a name, or close it."
        case .unknownClass:
            "Classes are alnum, alpha, blank, cntrl, digit, graph, lower, print, punct, space, upper and xdigit."
        case .empty: "Write a name after it, or take the line out."
        case .holdsNUL: "Save the file as UTF-8."
        }
    }
}
