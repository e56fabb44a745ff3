// SPDX-License-Identifier: MIT

/// How many files and directories the kernel said were removed: as many losses are believed without a second look.
package struct Removals: Hashable, Sendable {
    package var files: Int
    package var directories: Int

    package init(files: Int, directories: Int) {
        self.files = files
        self.directories = directories
    }

    package static let none = Removals(files: 0, directories: 0)

    /// The sum, or the largest number there is.
    package static func + (left: Removals, right: Removals) -> Removals {
        Removals(
            files: left.files.addingSaturated(right.files),
            directories: left.directories.addingSaturated(right.directories)
        )
    }

    package static func += (left: inout Removals, right: Removals) {
        left = left + right
    }
}

extension Int {
    fileprivate func addingSaturated(_ other: Int) -> Int {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}
