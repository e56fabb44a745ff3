// SPDX-License-Identifier: MIT

/// How a letter is looked for: without case, accents and forms that only a font makes.
///
/// SQLite's own tokenizers know neither `ß` nor `ø`, fold no kana, and leave apart what a file system has decomposed. So
/// text is folded here, the index's and the query's alike.
enum SearchFolding {
    /// What a scalar above ASCII is looked for as; `nil` where it is itself.
    static func folded(_ scalar: Unicode.Scalar) -> String? {
        variants[scalar]
    }

    /// Each letter behind its variants in lower case.
    private static let letters = [
        ("a", "ªàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặⱥẚ"), ("ae", "æǣǽ"), ("b", "ḃḅḇƀ"), ("c", "çćĉċčḉȼ"), ("d", "ďḋḍḏḑḓđð"),
        ("dz", "ǆǳ"), ("e", "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệə"), ("f", "ḟ"), ("ff", "ﬀ"), ("ffi", "ﬃ"), ("ffl", "ﬄ"),
        ("fi", "ﬁ"), ("fl", "ﬂ"), ("g", "ĝğġģǧǵḡ"), ("h", "ĥȟʰḣḥḧḩḫẖħ"), ("i", "ìíîïĩīĭįǐȉȋḭḯỉịıɨ"), ("ij", "ĳ"),
        ("j", "ĵǰʲ"), ("k", "ķǩḱḳḵĸ"), ("l", "ĺļľˡḷḹḻḽł"), ("lj", "ǉ"), ("m", "ḿṁṃ"), ("n", "ñńņňŉǹṅṇṉṋŋ"), ("nj", "ǌ"),
        ("o", "ºòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợøǿ"), ("oe", "œ"), ("p", "ṕṗ"), ("r", "ŕŗřȑȓʳṙṛṝṟ"),
        ("s", "śŝşšșˢṡṣṥṧṩẛſ"),
        ("ss", "ß"), ("t", "ţťțṫṭṯṱẗŧ"), ("th", "þ"), ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"), ("v", "ṽṿ"),
        ("w", "ŵʷẁẃẅẇẉẘ"), ("x", "ˣẋẍ"), ("y", "ýÿŷȳʸẏẙỳỵỷỹ"), ("z", "źżžẑẓẕƶ"),
        ("α", "άἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ"), ("β", "ϐ"), ("ε", "έϵἐἑἒἓἔἕὲέ"), ("η", "ήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ"),
        ("θ", "ϑ"),
        ("ι", "ΐίϊἰἱἲἳἴἵἶἷὶίιῐῑῒΐῖῗ"), ("κ", "ϰ"), ("μ", "µ"), ("ο", "όὀὁὂὃὄὅὸό"), ("π", "ϖ"), ("ρ", "ϱῤῥ"),
        ("σ", "ςϲ"),
        ("υ", "ΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ"), ("φ", "ϕ"), ("ω", "ώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ"),
        ("а", "ӑӓ"), ("г", "ѓ"), ("е", "ѐёӗ"), ("ж", "ӂӝ"), ("з", "ӟ"), ("и", "йѝӣӥ"), ("к", "ќ"), ("о", "ӧ"),
        ("у", "ўӯӱӳ"),
        ("ч", "ӵ"), ("ы", "ӹ"), ("э", "ӭ"), ("і", "ї"), ("ѵ", "ѷ"), ("ә", "ӛ"), ("ө", "ӫ"),
    ]

    private static let variants: [Unicode.Scalar: String] = letters.reduce(into: [:]) { variants, letter in
        for scalar in letter.1.unicodeScalars where !letter.0.unicodeScalars.contains(scalar) {
            variants[scalar] = letter.0
        }
    }

    /// The kana that U+FF66 to U+FF9D are the narrow forms of.
    private static let wideKana = Array("ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン".unicodeScalars)

    /// Full-width letters, narrow kana and katakana as the form that is indexed; others as they are.
    static func evened(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
        case 0xFF66...0xFF9D: evened(wideKana[Int(scalar.value - 0xFF66)])
        case 0xFF9E: "\u{3099}"
        case 0xFF9F: "\u{309A}"
        // Katakana as hiragana, which stand in the same order.
        case 0x30A1...0x30F6: Unicode.Scalar(scalar.value - 0x60) ?? scalar
        default: scalar
        }
    }

    /// The one scalar that two make; `nil` where they stay two.
    ///
    /// File systems of other machines take such apart.
    static func composed(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        switch (first.value, second.value) {
        case (0x3046, 0x3099): "ゔ"
        case (0x304B...0x3062, 0x3099) where first.value % 2 == 1: Unicode.Scalar(first.value + 1)
        case (0x3064...0x3069, 0x3099) where first.value % 2 == 0: Unicode.Scalar(first.value + 1)
        case (0x306F...0x307B, 0x3099) where first.value % 3 == 0: Unicode.Scalar(first.value + 1)
        case (0x306F...0x307B, 0x309A) where first.value % 3 == 0: Unicode.Scalar(first.value + 2)
        case (0x1100...0x1112, 0x1161...0x1175):
            Unicode.Scalar(0xAC00 + ((first.value - 0x1100) * 21 + second.value - 0x1161) * 28)
        case (0xAC00...0xD7A3, 0x11A8...0x11C2) where (first.value - 0xAC00) % 28 == 0:
            Unicode.Scalar(first.value + second.value - 0x11A7)
        default: nil
        }
    }
}
