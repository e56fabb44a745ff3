// SPDX-License-Identifier: MIT
import LibraryModel

/// What has happened in one directory since its changes were last taken.
struct Dirt {
    /// How many new directories are kept by name, so that memory is bounded by the directories, however busy one of
    /// them is.
    static let nameLimit = 256

    private(set) var kinds: LibraryChange.Kinds = []
    private(set) var removals = Removals.none

    /// The directories that were made here or moved here, which are to be listed with everything below them.
    private(set) var appeared: Set<FileName> = []

    mutating func note(_ kinds: LibraryChange.Kinds) {
        self.kinds.formUnion(kinds)
        if self.kinds.contains(.everything) { appeared = [] }
    }

    mutating func noteRemoved(_ removals: Removals) {
        note(.removed)
        self.removals += removals
    }

    /// Has a directory listed with all below it; beyond the limit that means all directories here.
    ///
    /// A name stays even if it is moved away again: when two directories change names with each other, the second half
    /// of the exchange moves away what the first has just brought.
    mutating func noteAppeared(_ name: FileName) {
        guard !kinds.contains(.everything) else { return }
        appeared.insert(name)
        if appeared.count > Dirt.nameLimit { note(.everything) }
    }

    /// Forgets a directory that was deleted before anybody looked.
    mutating func noteDeleted(_ name: FileName) {
        appeared.remove(name)
        noteRemoved(Removals(files: 0, directories: 1))
    }

    /// Takes over what was seen to go below a directory that is now gone itself.
    mutating func inherit(_ dirt: Dirt) {
        if dirt.removals != .none { noteRemoved(dirt.removals) }
    }
}
