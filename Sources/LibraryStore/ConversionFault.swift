// SPDX-License-Identifier: MIT
import LibraryModel

/// Why a book is not converted, or a conversion not undone, that somebody asked for.
package enum ConversionFault: Fault, Equatable {
    case unknownBook(Int64)

    /// It is of a format that is CBZ already, or cannot become it.
    case notConvertible(Int64, format: String)

    /// The book is missing, or cannot be read.
    case notReadable(Int64, state: String)

    /// There is no conversion that could be undone.
    case nothingToUndo(Int64)

    /// The original is gone: by the configuration, by time, or by somebody's wish.
    case originalRemoved(Int64)

    static func refuse(_ book: Int64, format: String, condition: String, isMissing: Bool) throws(ConversionFault) {
        if isMissing { throw .notReadable(book, state: "missing") }
        guard condition == BookState.ready.rawValue else { throw .notReadable(book, state: condition) }
        guard let known = MediaFormat(rawValue: format), ConversionSettings.convertible.contains(known) else {
            throw .notConvertible(book, format: format)
        }
    }

    package var code: String {
        switch self {
        case .unknownBook: "not_found"
        case .notConvertible, .notReadable, .nothingToUndo, .originalRemoved: "wrong_state"
        }
    }

    package var summary: String {
        switch self {
        case .unknownBook(let id): "there is no book \(id)"
        case .notConvertible(let id, let format): "book \(id) is \(format), which is not converted"
        case .notReadable(let id, let state): "book \(id) is in the state \(state), and cannot be converted"
        case .nothingToUndo(let id): "book \(id) was not converted"
        case .originalRemoved(let id): "the original of book \(id) was removed"
        }
    }

    package var remedy: String? {
        switch self {
        case .unknownBook: "`stumpctl books` lists them."
        case .notConvertible: "What can be converted is .cbr, .rar, .cb7, .7z, .cbt and .tar."
        case .notReadable(let id, _): "`stumpctl books show \(id)` and `stumpctl problems` tell why."
        case .nothingToUndo, .originalRemoved: "`stumpctl originals` lists the originals that are still there."
        }
    }
}
