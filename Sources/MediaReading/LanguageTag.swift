// SPDX-License-Identifier: MIT

/// The language of a book as BCP 47 writes it: `en`, `pt-BR`, `zh-Hant`.
enum LanguageTag {
    /// The codes of ISO 639-2 for which there is one of two letters, each before it.
    private static let codes = table(
        """
        aar aa|abk ab|afr af|aka ak|alb sq|sqi sq|amh am|ara ar|arg an|arm hy|hye hy|asm as|ava av|ave ae|\
        aym ay|aze az|bak ba|bam bm|baq eu|eus eu|bel be|ben bn|bih bh|bis bi|bos bs|bre br|bul bg|bur my|\
        mya my|cat ca|cha ch|che ce|chi zh|zho zh|chu cu|chv cv|cor kw|cos co|cre cr|cze cs|ces cs|dan da|\
        div dv|dut nl|nld nl|dzo dz|eng en|epo eo|est et|ewe ee|fao fo|fij fj|fin fi|fre fr|fra fr|fry fy|\
        ful ff|geo ka|kat ka|ger de|deu de|gla gd|gle ga|glg gl|glv gv|gre el|ell el|grn gn|guj gu|hat ht|\
        hau ha|heb he|her hz|hin hi|hmo ho|hrv hr|hun hu|ibo ig|ice is|isl is|ido io|iii ii|iku iu|ile ie|\
        ina ia|ind id|ipk ik|ita it|jav jv|jpn ja|kal kl|kan kn|kas ks|kau kr|kaz kk|khm km|kik ki|kin rw|\
        kir ky|kom kv|kon kg|kor ko|kua kj|kur ku|lao lo|lat la|lav lv|lim li|lin ln|lit lt|ltz lb|lub lu|\
        lug lg|mac mk|mkd mk|mah mh|mal ml|mao mi|mri mi|mar mr|may ms|msa ms|mlg mg|mlt mt|mon mn|nau na|\
        nav nv|nbl nr|nde nd|ndo ng|nep ne|nno nn|nob nb|nor no|nya ny|oci oc|oji oj|ori or|orm om|oss os|\
        pan pa|per fa|fas fa|pli pi|pol pl|por pt|pus ps|que qu|roh rm|rum ro|ron ro|run rn|rus ru|sag sg|\
        san sa|sin si|slo sk|slk sk|slv sl|sme se|smo sm|sna sn|snd sd|som so|sot st|spa es|srd sc|srp sr|\
        ssw ss|sun su|swa sw|swe sv|tah ty|tam ta|tat tt|tel te|tgk tg|tgl tl|tha th|tib bo|bod bo|tir ti|\
        ton to|tsn tn|tso ts|tuk tk|tur tr|twi tw|uig ug|ukr uk|urd ur|uzb uz|ven ve|vie vi|vol vo|wel cy|\
        cym cy|wln wa|wol wo|xho xh|yid yi|yor yo|zha za|zul zu|
        """,
        separatedBy: "|"
    )

    private static let names = table(
        """
        english en|japanese ja|french fr|german de|spanish es|italian it|portuguese pt|\
        brazilian portuguese pt-BR|dutch nl|flemish nl|chinese zh|simplified chinese zh-Hans|\
        chinese simplified zh-Hans|traditional chinese zh-Hant|chinese traditional zh-Hant|korean ko|\
        russian ru|polish pl|swedish sv|norwegian no|danish da|finnish fi|icelandic is|czech cs|slovak sk|\
        slovenian sl|hungarian hu|romanian ro|bulgarian bg|greek el|turkish tr|arabic ar|hebrew he|\
        persian fa|hindi hi|thai th|vietnamese vi|indonesian id|malay ms|tagalog tl|filipino fil|\
        ukrainian uk|serbian sr|croatian hr|catalan ca|basque eu|galician gl|latin la|irish ga|welsh cy|\
        esperanto eo|lithuanian lt|latvian lv|estonian et|bengali bn|tamil ta|urdu ur|deutsch de|\
        français fr|francais fr|español es|espanol es|italiano it|português pt|portugues pt|nederlands nl|\
        svenska sv|dansk da|norsk no|suomi fi|polski pl|čeština cs|magyar hu|русский ru|українська uk|\
        日本語 ja|中文 zh|한국어 ko|türkçe tr|
        """,
        separatedBy: "|"
    )

    private static func table(_ text: String, separatedBy separator: Character) -> [String: String] {
        text.split(separator: separator).reduce(into: [:]) { table, entry in
            let words = entry.split(separator: " ")
            if words.count > 1 { table[words.dropLast().joined(separator: " ")] = String(words[words.count - 1]) }
        }
    }

    /// What languages were called before.
    private static let former = ["iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "sh": "sr"]

    /// Whether a text says that no language is known.
    static func isUnknown(_ written: String) -> Bool {
        ["und", "mul", "zxx", "mis", "unknown", "none", "na", "other"].contains(written.folded)
    }

    /// Takes codes of two and three letters with `-` or `_` between the parts, and names in English and a few others.
    ///
    /// The shortest code is taken, scripts and regions are written as usual, and what follows them is left out. `nil`
    /// for what is no language.
    static func normalized(_ written: String) -> String? {
        guard written.utf8.count <= 100, !isUnknown(written) else { return nil }
        let words = written.lowercased().split { $0.isWhitespace || "(),".contains($0) }.joined(separator: " ")
        if let named = names[words] { return named }
        // A locale of POSIX has its encoding behind a point.
        let tag = words.prefix { $0 != "." && $0 != "@" && $0 != " " && $0 != ";" && $0 != "/" }
        let parts = tag.split { $0 == "-" || $0 == "_" }
        guard let first = parts.first, (2...3).contains(first.count), first.allSatisfy({ ("a"..."z").contains($0) })
        else { return nil }
        let language = codes[String(first)] ?? former[String(first)] ?? String(first)
        guard language != "und", language != "mul" else { return nil }
        var rest = parts.dropFirst()
        var result = language
        if let script = rest.first, script.count == 4, script.allSatisfy({ ("a"..."z").contains($0) }) {
            result += "-" + script.prefix(1).uppercased() + script.dropFirst()
            rest = rest.dropFirst()
        }
        if let region = rest.first, region.isRegion { result += "-" + region.uppercased() }
        return result
    }

    /// Whether a language is written from right to left, so that its books are too and need not be manga for it.
    static func isRightToLeft(_ tag: String) -> Bool {
        ["ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "dv", "ckb"].contains(String(tag.prefix { $0 != "-" }))
    }
}

extension Substring {
    /// Whether a subtag is a country of ISO 3166 or an area of UN M.49 by its form.
    fileprivate var isRegion: Bool {
        count == 2 && allSatisfy { ("a"..."z").contains($0) } || count == 3 && allSatisfy(\.isASCIIDigit)
    }
}
