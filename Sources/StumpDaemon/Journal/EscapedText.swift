// SPDX-License-Identifier: MIT

extension String {
    /// The text without anything that a terminal or a log reader could take for more than text.
    ///
    /// File names may hold newlines, escape sequences and marks that turn the direction of writing; printed raw, they
    /// forge lines. Such scalars, quotes and backslashes come out as escapes: `\n`, `\"`, `\u001b`.
    package var escaped: String {
        guard unicodeScalars.contains(where: \.needsEscape) else { return self }
        var text = ""
        for scalar in unicodeScalars { text += scalar.needsEscape ? scalar.escape : String(scalar) }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var needsEscape: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: true
        default: self == "\"" || self == "\\"
        }
    }

    fileprivate var escape: String {
        switch self {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\"": return "\\\""
        case "\\": return "\\\\"
        default:
            let digits = String(value, radix: 16)
            let width = value > 0xFFFF ? 8 : 4
            return (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - digits.count) + digits
        }
    }
}
