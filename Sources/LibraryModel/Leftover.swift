// SPDX-License-Identifier: MIT

/// A file of a book that has another one now: an original beside its conversion, or the result that is not a book yet.
///
/// As soon as it is another file than it was, it is a book like any other.
package struct Leftover: Equatable, Sendable {
    package var name: FileName
    package var stamp: FileStamp

    /// The file that stands for the book, and has to be listed beside it; `nil` where it lies elsewhere or matters not.
    package var partner: FileName?

    package init(name: FileName, stamp: FileStamp, partner: FileName? = nil) {
        self.name = name
        self.stamp = stamp
        self.partner = partner
    }
}

extension Listing {
    /// The listing without files that are no books of their own.
    ///
    /// An original whose conversion is gone is not left out: it is all that there is of the book.
    package func without(_ leftovers: [Leftover]) -> Listing {
        if leftovers.isEmpty { return self }
        let names = Set(entries.map(\.name))
        let present = leftovers.filter { leftover in leftover.partner.map { names.contains($0) } ?? true }
        let left = Dictionary(grouping: present, by: \.name)
        let kept = entries.filter { entry in
            guard case .book(_, let stamp) = entry.kind, let left = left[entry.name] else { return true }
            return !left.contains { $0.stamp.isSameFile(as: stamp) }
        }
        var listing = Listing(stamp: stamp, entries: kept, isRacy: isRacy)
        (listing.unseen, listing.ignoreFile, listing.ignoreFault) = (unseen, ignoreFile, ignoreFault)
        return listing
    }
}
