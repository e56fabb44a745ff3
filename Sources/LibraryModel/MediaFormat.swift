// SPDX-License-Identifier: MIT

/// The kinds of file that are books, named as the API names them.
package enum MediaFormat: String, CaseIterable, Sendable, Codable {
    case cbz
    case zip
    case cbr
    case rar
    case cb7
    case sevenZip = "7z"
    case cbt
    case tar
    case epub
    case pdf

    /// What the name says the file is; `nil` for everything that is not a book.
    ///
    /// The name only chooses candidates. What a file *is* the worker tells from its first bytes.
    package init?(name: FileName) {
        guard let format = MediaFormat(rawValue: String(decoding: name.lowercasedExtension, as: UTF8.self)) else {
            return nil
        }
        self = format
    }
}
