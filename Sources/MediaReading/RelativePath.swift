// SPDX-License-Identifier: MIT

/// Turns references between a book's files into names of entries.
enum RelativePath {
    /// The entry that `reference` means when it stands in a file of `folder` (empty, or with `/` at its end).
    static func resolve(_ reference: String, in folder: ArraySlice<UInt8>) -> [UInt8] {
        let path = Array(reference.utf8.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "?") })
        let isAbsolute = path.first == UInt8(ascii: "/")
        let whole = (isAbsolute ? [] : Array(folder)) + decodingPercents(path)
        var names: [ArraySlice<UInt8>] = []
        for name in whole.split(separator: UInt8(ascii: "/")) {
            if name.elementsEqual("..".utf8) {
                _ = names.popLast()
            } else if !name.elementsEqual(".".utf8) {
                names.append(name)
            }
        }
        return Array(names.joined(separator: [UInt8(ascii: "/")]))
    }

    private static func decodingPercents(_ bytes: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, !rest.starts(with: "+".utf8),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                decoded.append(value)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return decoded
    }
}
