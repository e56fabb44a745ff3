// SPDX-License-Identifier: MIT

/// The characters that HTML has names for, such as `nbsp` and `eacute`, as far as books use them.
enum EntityName {
    /// HTML's names of the characters 160 to 255, in their order.
    private static let latin = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute \
        micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring \
        AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml \
        times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil \
        egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash \
        ugrave uacute ucirc uuml yacute thorn yuml
        """

    private static let others: [Substring: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "OElig": "Œ", "oelig": "œ", "Scaron": "Š",
        "scaron": "š", "Yuml": "Ÿ", "ndash": "–", "mdash": "—", "lsquo": "‘", "rsquo": "’", "sbquo": "‚", "ldquo": "“",
        "rdquo": "”", "bdquo": "„", "dagger": "†", "Dagger": "‡", "bull": "•", "hellip": "…", "prime": "′",
        "Prime": "″", "lsaquo": "‹", "rsaquo": "›", "euro": "€", "trade": "™", "larr": "←", "rarr": "→", "infin": "∞",
        "hearts": "♥", "ensp": "\u{2002}", "emsp": "\u{2003}", "thinsp": "\u{2009}", "zwnj": "\u{200C}",
        "zwj": "\u{200D}",
    ]

    private static let characters = latin.split(separator: " ").enumerated().reduce(into: others) { names, name in
        names[name.element] = Unicode.Scalar(160 + name.offset).map { String($0) }
    }

    /// What stands between `&` and `;`: a name of HTML's, or a number; `nil` also for the number of a control.
    static func character(_ name: Substring) -> String? {
        guard name.first == "#" else { return characters[name] }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        guard let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits),
            value >= 0x20 || [0x09, 0x0A, 0x0D].contains(value), value & 0xFFFE != 0xFFFE
        else { return nil }
        // By these numbers everyone means what they are in Windows-1252.
        if (0x80...0x9F).contains(value) { return String(DocumentText.windows(UInt8(value))) }
        return Unicode.Scalar(value).map { String($0) }
    }
}
