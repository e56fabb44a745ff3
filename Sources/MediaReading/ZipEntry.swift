// SPDX-License-Identifier: MIT
import LibraryModel

/// One entry as a ZIP's central directory describes it.
struct ZipEntry {
    /// The name as stored: bytes of any encoding, with `/` between folders.
    let name: [UInt8]
    let flags: UInt16
    let method: UInt16
    let checksum: UInt32
    let compressedSize: Int
    let size: Int

    /// Where the entry's local header begins.
    let headerOffset: Int

    var isEncrypted: Bool { flags & 1 != 0 }
    var isDirectory: Bool { name.last == UInt8(ascii: "/") }

    /// The folders and the name itself.
    var components: [ArraySlice<UInt8>] {
        name.split(separator: UInt8(ascii: "/"))
    }

    /// The name without its folders.
    var lastComponent: FileName {
        FileName(bytes: Array(components.last ?? []))
    }

    var isComicInfo: Bool {
        name.count >= 13 && lastComponent.bytes.elementsEqual("comicinfo.xml".utf8) { $0.asciiLowercased == $1 }
    }

    /// The name for people.
    var shown: String { String(shown: name) }
}

extension String {
    /// Makes a name presentable: at most 200 characters, none of which breaks a line.
    init(shown name: [UInt8]) {
        self = String(decoding: name, as: UTF8.self).unicodeScalars.prefix(200).reduce(into: "") { text, scalar in
            text.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
    }
}
