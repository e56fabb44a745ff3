// SPDX-License-Identifier: MIT

/// Everything that one directory holds, read to its end.
///
/// A listing that met an error is thrown away, so what is not in a `Listing` is proved absent.
package struct Listing: Sendable {
    package struct Entry: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            /// A regular file whose name is a book's, or a symbolic link to one (then with its target's stamp).
            case book(MediaFormat, FileStamp)

            /// A regular file that says something of the books beside it.
            case sidecar(Sidecar.Kind, FileStamp)

            /// A directory that is to be entered; never a symbolic link.
            case directory

            /// A regular file of no interest; it was not stat'ed.
            case other

            /// A file that ``NameRules`` or the library's own ignore rules leave alone.
            case ignoredFile

            /// A directory that they leave alone, with all that it holds.
            case ignoredDirectory

            /// What the name of a regular file says that it is, which no rule leaves alone.
            package init(ofFile name: FileName, _ stamp: FileStamp) {
                self =
                    if let format = MediaFormat(name: name) {
                        .book(format, stamp)
                    } else if let kind = Sidecar.Kind(name: name) {
                        .sidecar(kind, stamp)
                    } else {
                        .other
                    }
            }
        }

        package let name: FileName
        package let kind: Kind

        package init(name: FileName, kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    package let stamp: DirectoryStamp
    package let entries: [Entry]

    /// Whether the stamp was so young when it was taken that a change right after may not show in it.
    package let isRacy: Bool
    package let digest: ListingDigest

    /// The directories here that nothing was known of at this path, or nothing that was confirmed: all below them is to
    /// be listed too.
    ///
    /// A catalog may know them nevertheless: from before they left and came back unseen, or from a job that listed them
    /// and did not come to its end.
    package var unseen: Set<FileName> = []

    /// The directory's own `.stumpignore`; `nil` where there is none that counts.
    package var ignoreFile: IgnoreFile?

    /// Why the directory's `.stumpignore` could not be read, which then counts as empty; `nil` where it was, or is not there.
    package var ignoreFault: IgnoreFault?

    package init(stamp: DirectoryStamp, entries: [Entry], isRacy: Bool = false) {
        self.stamp = stamp
        self.entries = entries
        self.isRacy = isRacy
        self.digest = ListingDigest(entries)
    }

    /// The stamp that later ones may be compared with; `nil` where only another listing tells what is there.
    package var settledStamp: DirectoryStamp? { isRacy ? nil : stamp }
}
