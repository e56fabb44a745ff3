// SPDX-License-Identifier: MIT
import CLinux
import CPoppler
import Glibc
import Synchronization

/// What poppler needs of its surroundings, and what it says of documents.
enum PopplerLibrary {
    /// Tables of East Asian encodings, Debian's `poppler-data`.
    private static let encodings = "/usr/share/poppler"

    /// Loads what poppler would look for in the file system later, and answers the directories that it still has to
    /// read: those of the fonts and of its tables.
    ///
    /// To be called once, while there is one thread and no sandbox.
    static func prepare() -> [String] {
        listen()
        keepSettings()
        guard let fonts = FcConfigGetCurrent() else { return [encodings] }
        // Fonts that arrive later are for the next worker.
        FcConfigSetRescanInterval(fonts, 0)
        guard let list = FcConfigGetFontDirs(fonts) else { return [encodings] }
        defer { FcStrListDone(list) }
        var directories = [encodings]
        while let directory = FcStrListNext(list) {
            directories.append(String(decodingCString: directory, as: UTF8.self))
        }
        return directories
    }

    /// Opens a document of one empty page and never closes it: while any is open, poppler keeps the settings that all
    /// documents share.
    private static func keepSettings() {
        let bytes = g_bytes_new(Self.smallest, gsize(Self.smallest.count))
        defer { g_bytes_unref(bytes) }
        _ = poppler_document_new_from_bytes(bytes, nil, nil)
    }

    private static let smallest = Array(
        """
        %PDF-1.4
        1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
        2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
        trailer<</Root 1 0 R/Size 4>>
        %%EOF

        """.utf8
    )

    /// What was said of the document in hand.
    struct Complaints {
        /// The most that are kept; a hostile document has any number of them.
        static let limit = 20

        fileprivate(set) var errors: [String] = []
    }

    private static let complaints = Mutex(Complaints())

    /// Takes what was said since it was last taken.
    static func takeComplaints() -> Complaints {
        var taken = complaints.withLock { kept in
            defer { kept = Complaints() }
            return kept
        }
        // A damaged JPEG is libjpeg's affair, of which poppler says nothing.
        var murmurs = [CChar](repeating: 0, count: 256)
        let count = clinux_take_murmurs(&murmurs, murmurs.count)
        let line = murmurs[..<count].prefix { $0 != CChar(bitPattern: UInt8(ascii: "\n")) }
        let text = String(shown: line.map { UInt8(bitPattern: $0) })
        if text.contains("JPEG") { taken.errors.append(text) }
        return taken
    }

    /// Hears what poppler says of documents, instead of having it printed.
    static func listen() {
        _ = isListening
    }

    private static let isListening: Bool = {
        let levels = GLogLevelFlags(rawValue: G_LOG_LEVEL_MASK.rawValue)
        g_log_set_handler("Poppler", levels, { _, _, message, _ in PopplerLibrary.note(message) }, nil)
        return true
    }()

    private static func note(_ message: UnsafePointer<gchar>?) {
        guard let message else { return }
        let bytes = UnsafeRawBufferPointer(start: message, count: strnlen(message, 200))
        let text = String(shown: Array(bytes))
        guard isError(text) else { return }
        complaints.withLock { kept in
            if kept.errors.count < Complaints.limit { kept.errors.append(text) }
        }
    }

    /// Whether a message tells of damage: not of something unusual, nor of what is missing on this computer.
    private static func isError(_ message: String) -> Bool {
        let isOurs = ["find a font", "language pack", "display font", "CMap"].contains { message.contains($0) }
        return !isOurs && ["Syntax error", "IO error", "Internal error"].contains { message.hasPrefix($0) }
    }
}
