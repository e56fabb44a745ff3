// SPDX-License-Identifier: MIT

/// The names that a conversion gives to files.
///
/// All but the result's are hidden, so that ``NameRules`` leaves them alone, and so does every other program of the
/// kind.
package enum ConversionNames {
    /// The directory beside a converted book that holds what was set aside.
    ///
    /// Beside the book and not in the library's root: so it lies on the same file system, and goes along when the folder
    /// is moved.
    package static let shelf = FileName(".stump-originals")

    private static let draftPrefix = Array(".stump-".utf8)
    private static let draftSuffix = Array(".tmp".utf8)

    /// What the result of converting a book is called; `nil` where the book is called so already.
    package static func result(of name: FileName) -> FileName? {
        let result = FileName(bytes: name.stem.bytes + Array(".cbz".utf8))
        return result == name ? nil : result
    }

    /// The name of a file that is not what it will be; `random` makes it one that no other has.
    package static func draft(_ random: UInt64) -> FileName {
        let digits = String(random, radix: 16)
        let number = String(repeating: "0", count: 16 - digits.utf8.count) + digits
        return FileName(bytes: draftPrefix + Array(number.utf8) + draftSuffix)
    }

    /// Whether a name is one that ``draft(_:)`` makes: nothing else is ever removed as a draft.
    package static func isDraft(_ name: FileName) -> Bool {
        let middle = name.bytes.dropFirst(draftPrefix.count).dropLast(draftSuffix.count)
        let isHexadecimal = middle.allSatisfy {
            $0.isASCIIDigit || ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "f"))
        }
        return middle.count == 16 && isHexadecimal && name.bytes == draftPrefix + middle + draftSuffix
    }

    /// What an original is called on the shelf where its own name is taken there; `number` is one that no other has.
    package static func onShelf(_ name: FileName, number: Int64) -> FileName {
        let prefix = Array("\(number)-".utf8)
        // The end tells what it is, and a name has 255 bytes at most.
        return FileName(bytes: prefix + name.bytes.suffix(255 - prefix.count))
    }
}
