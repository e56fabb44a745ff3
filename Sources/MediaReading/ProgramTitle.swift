// SPDX-License-Identifier: MIT

/// Tells the titles and names that people gave from those that programs put where nobody gave any.
enum ProgramTitle {
    private static let titles: Set<String> = [
        "untitled", "untitleddocument", "unknown", "notitle", "none", "null", "anonymous", "title", "document", "cover",
        "powerpointpresentation", "slide1", "printjob", "fullpagephoto", "scan", "scanneddocument", "scanneddocuments",
        "layout1", "microsoftword", "testdocument",
    ]

    private static let people: Set<String> = [
        "unknown", "anonymous", "author", "admin", "administrator", "user", "owner", "default", "none", "na", "null",
    ]

    private static let extensions: Set<String> = [
        "pdf", "doc", "docx", "dot", "rtf", "odt", "txt", "wpd", "pages", "indd", "qxd", "qxp", "pmd", "p65", "fm",
        "pub",
        "tex", "dvi", "ps", "eps", "ai", "psd", "cdr", "svg", "jpg", "jpeg", "png", "tif", "tiff", "bmp", "ppt", "pptx",
        "xls", "xlsx", "html", "htm", "xml", "cbz", "cbr", "zip", "rar", "epub", "mobi", "md",
    ]

    /// The title, unless a program made it up: of a file's name, or of nothing.
    static func title(_ written: String) -> String? {
        let text = written.line
        let words = text.folded
        // “Untitled-3”, “Document1”
        let stem = words.prefix { !$0.isNumber }
        guard !words.isEmpty, !titles.contains(words), !["untitled", "document", "layout", "scan"].contains(stem) else {
            return nil
        }
        if text.hasPrefix("Microsoft ") && text.contains(" - ") { return nil }
        if ["file:", "http:", "https:"].contains(where: text.lowercased().hasPrefix) { return nil }
        if text.hasPrefix("/") || text.dropFirst().hasPrefix(":\\") { return nil }
        guard let point = text.lastIndex(of: ".") else { return text }
        return extensions.contains(text[text.index(after: point)...].lowercased()) ? nil : text
    }

    /// The name of who wrote it, unless it is that of nobody.
    static func person(_ written: String) -> String? {
        people.contains(written.folded) ? nil : written
    }
}
