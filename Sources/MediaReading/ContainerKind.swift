// SPDX-License-Identifier: MIT
import LibraryModel

/// What a file is by its first bytes, whatever its name says.
enum ContainerKind: CaseIterable {
    case zip
    case rar
    case sevenZip
    case tar
    case pdf

    /// How many first bytes tell: the mark of a tar ends there.
    static let headLength = 262

    init?(head: ArraySlice<UInt8>) {
        if head.has("PK\u{3}\u{4}") || head.has("PK\u{5}\u{6}") || head.has("PK\u{7}\u{8}") {
            self = .zip
        } else if head.has("Rar!\u{1A}\u{7}") {
            self = .rar
        } else if head.has("7z") && head.dropFirst(2).starts(with: [0xBC, 0xAF, 0x27, 0x1C]) {
            self = .sevenZip
        } else if head.has("ustar", at: 257) {
            self = .tar
        } else if head.has("%PDF-") {
            self = .pdf
        } else {
            return nil
        }
    }

    /// The format to file the book under: the one promised where it fits, else the comic's name for this container.
    func format(promised: MediaFormat) -> MediaFormat {
        formats.contains(promised) ? promised : formats[0]
    }

    private var formats: [MediaFormat] {
        switch self {
        case .zip: [.cbz, .zip, .epub]
        case .rar: [.cbr, .rar]
        case .sevenZip: [.cb7, .sevenZip]
        case .tar: [.cbt, .tar]
        case .pdf: [.pdf]
        }
    }

    /// The container in a sentence: “the file is …”.
    var name: String {
        switch self {
        case .zip: "a ZIP archive"
        case .rar: "a RAR archive"
        case .sevenZip: "a 7z archive"
        case .tar: "a tar archive"
        case .pdf: "a PDF document"
        }
    }
}
