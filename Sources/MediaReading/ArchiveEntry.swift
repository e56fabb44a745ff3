// SPDX-License-Identifier: MIT
import LibraryModel

/// One entry of an archive as its directory or header describes it.
struct ArchiveEntry {
    enum Kind {
        case file
        case directory

        /// A link, a device, a pipe: a name and nothing else.
        case other
    }

    /// Its place among the archive's entries, from 0.
    let ordinal: Int

    /// The name in UTF-8 as far as its encoding can be told, with `/` between folders.
    let name: [UInt8]

    /// The name as the archive has it, which is part of the fingerprint.
    let storedName: [UInt8]

    let kind: Kind
    let size: Int

    /// The CRC-32 of the contents; `nil` where the container keeps none.
    let checksum: UInt32?

    /// Where it lies: who reads all entries does so in this order.
    let position: Int

    /// When the file was last changed before it was packed; `nil` where the container does not tell.
    let modified: Timestamp?

    /// Why the contents cannot be had, however whole the archive is: a password, or a way of packing that is not
    /// undone here.
    let obstacle: Finding?

    var isDirectory: Bool { kind == .directory }

    /// The folders and the name itself.
    var components: [ArraySlice<UInt8>] {
        name.split(separator: UInt8(ascii: "/"))
    }

    /// The name without its folders.
    var lastComponent: FileName {
        FileName(bytes: Array(components.last ?? []))
    }

    /// Whether it is what programs write into a book to describe it, and write again whenever they know better.
    var isDescription: Bool {
        let name = lastComponent.bytes
        return ["comicinfo.xml", "metroninfo.xml"].contains { document in
            name.elementsEqual(document.utf8) { $0.asciiLowercased == $1 }
        }
    }

    /// The name for people.
    var shown: String { String(shown: name) }
}

extension String {
    /// Makes presentable what a library says: some end with a line, and some hold what the file says.
    init(sentence: UnsafePointer<CChar>) {
        var bytes = Array(String(cString: sentence).utf8)
        while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        self.init(shown: bytes)
    }

    /// Makes a name presentable: at most 200 characters, none of which breaks a line.
    init(shown name: [UInt8]) {
        self = String(decoding: name, as: UTF8.self).unicodeScalars.prefix(200).reduce(into: "") { text, scalar in
            text.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
    }
}

extension Finding {
    /// That a name or contents are behind a password.
    static func locked(_ name: String) -> Finding {
        Finding(.archiveEncrypted, "\(name) needs a password")
    }

    /// That an entry is packed in a way that no library here undoes.
    static func unsupported(_ name: String, packedBy method: String) -> Finding {
        Finding(.unsupportedFormat, "\(name) is packed by \(method), which this version does not unpack")
    }
}
