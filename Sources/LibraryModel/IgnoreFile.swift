// SPDX-License-Identifier: MIT
package import SystemPackage

/// The ignore rules that stand in one place: a `.stumpignore`, or a library's `ignore` in the configuration.
package struct IgnoreFile: Hashable, Sendable {
    package static let name = FileName(".stumpignore")

    /// The most bytes that a file may have.
    package static let limit = 65_536

    /// Where rules are written.
    package enum Place: Hashable, Sendable {
        /// The library's `ignore`, which counts as if it were in the root and every file of the tree came after it.
        case configuration

        /// The file in a directory of the library.
        case directory(FilePath)
    }

    /// One line that is a pattern.
    package struct Line: Hashable, Sendable {
        /// From 1; in the configuration, its place in the list.
        package let number: Int
        package let pattern: IgnorePattern
    }

    package let place: Place
    package let lines: [Line]

    /// Reads a file's bytes: any bytes, though a byte order mark is skipped and line ends may be those of DOS.
    ///
    /// - Throws: ``IgnoreFault/tooLong(_:)``.
    package init(_ contents: [UInt8], in directory: FilePath) throws(IgnoreFault) {
        guard contents.count <= IgnoreFile.limit else { throw .tooLong(directory.appending(IgnoreFile.name)) }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = contents.starts(with: mark) ? contents.dropFirst(mark.count) : contents[...]
        place = .directory(directory)
        lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap {
            index,
            line in IgnorePattern(line: line).map { Line(number: index + 1, pattern: $0) }
        }
    }

    /// Takes a library's `ignore`.
    ///
    /// - Throws: ``IgnoreFault/badEntry(_:_:)`` for an entry that matches nothing.
    package init(configured entries: [String]) throws(IgnoreFault) {
        var lines: [Line] = []
        for (index, entry) in entries.enumerated() {
            guard let pattern = IgnorePattern(line: entry.utf8) else { throw .badEntry(entry, .empty) }
            if let defect = pattern.defect { throw .badEntry(entry, defect) }
            lines.append(Line(number: index + 1, pattern: pattern))
        }
        place = .configuration
        self.lines = lines
    }

    /// The lines that match nothing as they are written.
    package var defectiveLines: [Line] { lines.filter { $0.pattern.defect != nil } }

    /// What is wrong with the first of them; `nil` where every line is a pattern.
    package var fault: IgnoreFault? {
        guard case .directory(let directory) = place, let line = defectiveLines.first, let defect = line.pattern.defect
        else { return nil }
        return .badLine(directory.appending(IgnoreFile.name), number: line.number, defect)
    }
}
