// SPDX-License-Identifier: MIT

/// Decides whether the file system that is there now is the one that the catalog's books lie on.
///
/// An unmounted disk, another disk in its place and a union that lost a branch all list without an error, only with
/// less. A changed file system is adopted where a sample of the books, the canaries, is found on it: then the disk was
/// replaced and the files were brought along.
package struct VolumeRule {
    package enum Verdict: Equatable, Sendable {
        /// The same as ever.
        case online

        /// Another, and right: remember it.
        case adopt

        /// Not there, and why.
        case offline(String)

        /// There, but smaller, and why.
        case suspect(String)

        /// Look for some books that ought to be there, and judge again.
        case needsCanaries
    }

    /// How many of the books that were looked for are there, with the size that the catalog knows.
    package struct Canaries: Sendable, Equatable {
        package var found: Int
        package var asked: Int

        package init(found: Int, asked: Int) {
            self.found = found
            self.asked = asked
        }

        /// Whether at least four of five are there.
        package var holds: Bool { asked == 0 || found * 100 >= asked * 80 }
    }

    /// Judges one volume by what was remembered of it, if anything, and what is seen now, `nil` for no mount.
    ///
    /// It stands for so many `books` of the catalog, missing ones not counted; `canaries` are `nil` before they were
    /// looked for.
    package static func judge(
        remembered: VolumeSighting?,
        seen: VolumeSighting?,
        books: Int,
        canaries: Canaries?
    ) -> Verdict {
        guard let remembered, books > 0 else { return .adopt }
        guard let seen else { return .offline("\(remembered.mountPoint) is not mounted") }
        let difference = difference(remembered, seen)
        let shrinking = shrinking(remembered, seen)
        guard difference != nil || shrinking != nil else { return .online }
        guard let canaries else { return .needsCanaries }
        if canaries.holds { return .adopt }
        if let difference { return .offline(difference) }
        return .suspect(shrinking ?? "")
    }

    /// What is another file system about the one that is there, if anything.
    private static func difference(_ old: VolumeSighting, _ new: VolumeSighting) -> String? {
        if old.isMountRoot, !new.isMountRoot {
            return "\(old.mountPoint) is not mounted: it is a plain directory now"
        }
        if !old.isMountRoot, new.isMountRoot {
            return "\(new.mountPoint) was a plain directory, and now a file system is mounted there: \(new.label)"
        }
        if old.label != new.label {
            return "another file system is mounted at \(new.mountPoint): \(new.label), was \(old.label)"
        }
        if old.identifier != new.identifier {
            return "another file system is mounted at \(new.mountPoint): \(new.label) with another identifier"
        }
        if old.mountPoint != new.mountPoint {
            return "it is mounted at \(new.mountPoint), was at \(old.mountPoint)"
        }
        return nil
    }

    /// Whether the file system lost more than a tenth of its size, as a union does with one of its branches.
    private static func shrinking(_ old: VolumeSighting, _ new: VolumeSighting) -> String? {
        guard new.blocks < old.blocks - old.blocks / 10 else { return nil }
        return "the file system at \(new.mountPoint) shrank from \(old.blocks) KiB to \(new.blocks) KiB"
    }
}

extension VolumeSighting {
    /// The file system for people: its type, its source, and its directory where that is not the whole.
    fileprivate var label: String {
        "\(fileSystem) \(source)" + (subroot == "/" ? "" : " (\(subroot))")
    }
}
