// SPDX-License-Identifier: MIT
import CArchive
import LibraryModel

/// What a file is by its first bytes, whatever its name says.
enum ContainerKind: CaseIterable {
    case zip
    case rar
    case sevenZip
    case tar
    case gzip
    case bzip2
    case xz
    case zstandard
    case pdf

    /// How many first bytes tell: the header of a tar ends there.
    static let headLength = 512

    init?(head: ArraySlice<UInt8>) {
        guard let kind = Self.allCases.first(where: { $0.begins(head) }) else { return nil }
        self = kind
    }

    private func begins(_ head: ArraySlice<UInt8>) -> Bool {
        switch self {
        case .zip: head.has("PK\u{3}\u{4}") || head.has("PK\u{5}\u{6}") || head.has("PK\u{7}\u{8}")
        case .rar: head.has("Rar!\u{1A}\u{7}")
        case .sevenZip: head.has("7z") && head.dropFirst(2).starts(with: [0xBC, 0xAF, 0x27, 0x1C])
        case .tar: head.has("ustar", at: 257) || Self.isSummedTar(head)
        case .gzip: head.starts(with: [0x1F, 0x8B, 8])
        case .bzip2: head.has("BZh") && head.dropFirst(3).first.map { (0x31...0x39).contains($0) } ?? false
        case .xz: head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0])
        case .zstandard: head.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
        case .pdf: head.has("%PDF-")
        }
    }

    /// A tar from before there was a mark is known by its checksum: the sum of its header, itself taken for blanks.
    private static func isSummedTar(_ head: ArraySlice<UInt8>) -> Bool {
        guard head.count == headLength, head.first != 0 else { return false }
        let field = head.dropFirst(148).prefix(8)
        let digits = field.drop { $0 == UInt8(ascii: " ") }.prefix { (0x30...0x37).contains($0) }
        let sum = head.reduce(0) { $0 + Int($1) } - field.reduce(0) { $0 + Int($1) } + 8 * 0x20
        return !digits.isEmpty && digits.reduce(0) { $0 << 3 | Int($1 & 7) } == sum
    }

    /// libarchive's number of what a tar is packed by.
    var filter: Int32? {
        switch self {
        case .gzip: ARCHIVE_FILTER_GZIP
        case .bzip2: ARCHIVE_FILTER_BZIP2
        case .xz: ARCHIVE_FILTER_XZ
        case .zstandard: ARCHIVE_FILTER_ZSTD
        case .zip, .rar, .sevenZip, .tar, .pdf: nil
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
        case .tar, .gzip, .bzip2, .xz, .zstandard: [.cbt, .tar]
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
        case .gzip: "packed by gzip"
        case .bzip2: "packed by bzip2"
        case .xz: "packed by XZ"
        case .zstandard: "packed by Zstandard"
        case .pdf: "a PDF document"
        }
    }
}
