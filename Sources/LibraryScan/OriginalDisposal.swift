// SPDX-License-Identifier: MIT
import LibraryModel
import LibraryStore
import SystemPackage

/// Sees to the originals of converted books: sets them aside, removes them, brings them back.
///
/// Each step is noted before it is taken and after it, and looks first at what is there: so it may be taken again after
/// whatever end, and finds it done.
struct OriginalDisposal {
    let library: LibraryName
    let services: JobServices
    let account: JobAccount
    let own: OwnChanges

    private var store: LibraryStore { services.store }

    /// Does what is still to be done with an original.
    ///
    /// - Throws: ``WritingFault`` where it could not be, and is to be tried again, and what the database throws.
    func finish(_ original: OriginalEntry, in directory: any BookDirectory) async throws {
        own.begin([original.name, original.result], in: original.directory)
        switch original.state {
        case .due where original.kept == .retain: try await setAside(original, in: directory)
        case .due where original.kept == .keep: try await store.move(original, to: .kept)
        case .due, .removing: try await remove(original, in: directory)
        case .returning: _ = try await bringBack(original, in: directory)
        case .returned: try await removeResult(of: original, in: directory)
        case .kept, .retained, .removed, .lost: return
        }
    }

    // MARK: Setting aside

    private func setAside(_ original: OriginalEntry, in directory: any BookDirectory) async throws {
        let name = original.aside ?? original.name
        if original.aside == nil { try await store.move(original, to: .due, aside: name) }
        do {
            let place = try await shelve(original, as: name, in: directory)
            try await store.move(original, to: .retained, aside: place, isOnShelf: true)
        } catch let fault as WritingFault {
            guard fault.isOfAnother else { throw fault }
            try await lose(original)
        }
    }

    /// Moves the file to the shelf, by another name where that is taken; gives the name.
    private func shelve(
        _ original: OriginalEntry,
        as name: FileName,
        in directory: any BookDirectory
    ) async throws -> FileName {
        if try await isDone(original, name, in: directory) {
            // A link that was made for a file system which cannot rename, and its first name still there.
            try await directory.remove(original.name, original.stamp, onShelf: false)
            return name
        }
        if try await directory.stampOnShelf(of: name) == nil {
            try await directory.putOnShelf(original.name, original.stamp, as: name)
            return name
        }
        let other = ConversionNames.onShelf(original.name, number: original.id)
        try await store.move(original, to: .due, aside: other)
        try await directory.putOnShelf(original.name, original.stamp, as: other)
        return other
    }

    /// Whether the file is on the shelf by that name, whatever is left of its first one.
    private func isDone(
        _ original: OriginalEntry,
        _ name: FileName,
        in directory: any BookDirectory
    ) async throws -> Bool {
        guard let there = try await directory.stampOnShelf(of: name), there.isSameFile(as: original.stamp) else {
            return false
        }
        guard let here = try await directory.stamp(of: original.name) else { return true }
        return here.device == there.device && here.inode == there.inode
    }

    private func lose(_ original: OriginalEntry) async throws {
        try await store.move(original, to: .lost)
        try await account.commit {
            try $0.log("warning", "the original was changed or moved meanwhile, and is left alone", path: original.path)
        }
    }

    // MARK: Removing

    private func remove(_ original: OriginalEntry, in directory: any BookDirectory) async throws {
        if try await isBook(original.name, of: original), !original.isOnShelf { return try await release(original) }
        guard try await hasFile(original, but: original.name, or: original.result, original.resultStamp, in: directory)
        else { return try await spare(original, in: directory) }
        if original.isOnShelf {
            do {
                try await directory.remove(original.aside ?? original.name, original.stamp, onShelf: true)
            } catch {
                guard error.isOfAnother else { throw error }
                return try await lose(original)
            }
        } else if try await !vanish(original.name, original.stamp, of: original, as: .removing, in: directory) {
            return try await lose(original)
        }
        try await store.move(original, to: .removed)
    }

    /// Whether a name in the original's directory is a book's, be it missing.
    private func isBook(_ name: FileName, of original: OriginalEntry) async throws -> Bool {
        try await store.hasBook(named: name, in: original.directory, of: library)
    }

    /// Whether the book of an original is there without the file that is to go: as the file with the stamp, or as
    /// another that it has by now.
    private func hasFile(
        _ original: OriginalEntry,
        but name: FileName,
        or other: FileName,
        _ stamp: FileStamp,
        in directory: any BookDirectory
    ) async throws -> Bool {
        do {
            if try await directory.stamp(of: other)?.isSameFile(as: stamp) == true { return true }
        } catch {
            guard error.isOfAnother else { throw error }
        }
        guard let book = original.book else { return false }
        return try await services.writing.hasFile(of: book, but: original.directory.appending(name), services.store)
    }

    /// Gives up an original whose name is a book's again: the file is that book.
    private func release(_ original: OriginalEntry) async throws {
        if let hidden = original.aside, ConversionNames.isDraft(hidden) {
            let directory = try await services.writing.bookDirectory(original.directory, of: library)
            try await unhide(hidden, original.stamp, as: original.name, in: directory)
        }
        try await account.commit {
            try $0.log("info", "the original is a book again, and is not removed", path: original.path)
            try $0.forget(original)
        }
    }

    /// Leaves an original where it is, without which nothing of the book would be left.
    private func spare(_ original: OriginalEntry, in directory: any BookDirectory) async throws {
        if let hidden = original.aside, !original.isOnShelf {
            try await unhide(hidden, original.stamp, as: original.name, in: directory)
        }
        try await store.move(original, to: original.isOnShelf ? .retained : .kept)
        try await account.commit {
            try $0.log(
                "warning",
                "the original is not removed, because \(original.result) is not there any more",
                path: original.place
            )
        }
    }

    /// Gives a file its name back that was about to go.
    private func unhide(
        _ hidden: FileName,
        _ stamp: FileStamp,
        as name: FileName,
        in directory: any BookDirectory
    ) async throws {
        guard let there = try await directory.stamp(of: hidden), there.isSameFile(as: stamp) else { return }
        if try await directory.stamp(of: name) == nil { try await directory.rename(hidden, stamp, to: name) }
    }

    /// Removes a file of a name in the directory by a hidden one, so that nothing else is met that was put in its place.
    ///
    /// - Returns: `false` where another file bears the name.
    private func vanish(
        _ name: FileName,
        _ stamp: FileStamp,
        of original: OriginalEntry,
        as state: OriginalEntry.State,
        in directory: any BookDirectory
    ) async throws -> Bool {
        var hidden = ConversionNames.draft(.random(in: 0 ... .max))
        if let aside = original.aside, ConversionNames.isDraft(aside) {
            hidden = aside
        } else {
            try await store.move(original, to: state, aside: hidden)
        }
        let first = try await directory.stamp(of: name)
        if let second = try await directory.stamp(of: hidden) {
            guard second.isSameFile(as: stamp) else { return false }
            // Renamed already; where that was done by a link, the first name may still be there.
            if let first, first.inode == second.inode, first.device == second.device {
                try await directory.remove(name, stamp, onShelf: false)
            }
        } else if let first {
            guard first.isSameFile(as: stamp) else { return false }
            try await directory.rename(name, stamp, to: hidden)
        }
        try await directory.remove(hidden, stamp, onShelf: false)
        return true
    }

    // MARK: Bringing back

    /// Brings an original back to its place, makes it the book's file, and removes the result.
    ///
    /// - Returns: why that cannot be, in words; then all is as it was.
    func bringBack(_ original: OriginalEntry, in directory: any BookDirectory) async throws -> String? {
        own.begin([original.name, original.result], in: original.directory)
        let before = original.state == .returning ? (original.isOnShelf ? .retained : .kept) : original.state
        if let reason = try await objection(to: original, in: directory) {
            try await store.move(original, to: before)
            return reason
        }
        try await store.move(original, to: .returning)
        let aside = original.aside ?? original.name
        // It may be at its place already.
        if original.isOnShelf, try await directory.stamp(of: original.name) == nil,
            try await directory.stampOnShelf(of: aside)?.isSameFile(as: original.stamp) == true
        {
            try await directory.takeFromShelf(aside, original.stamp, as: original.name)
        }
        guard let stamp = try await directory.stamp(of: original.name), stamp.isSameFile(as: original.stamp) else {
            try await store.move(original, to: .lost)
            return "the original is not there any more"
        }
        let isTaken = try await account.commit { try $0.takeBack(original, as: stamp) }
        guard isTaken else {
            if original.isOnShelf {
                try await directory.putOnShelf(original.name, original.stamp, as: aside)
            }
            try await store.move(original, to: before)
            return "the book has another file by now, or its name is another book's; a scan may be due"
        }
        if let returned = try await store.original(original.id) {
            try await removeResult(of: returned, in: directory)
        }
        return nil
    }

    private func objection(to original: OriginalEntry, in directory: any BookDirectory) async throws -> String? {
        guard let result = try await directory.stamp(of: original.result) else {
            return "\(original.directory.appending(original.result)) is not there: bring it back first"
        }
        guard result.isSameFile(as: original.resultStamp) else {
            return "\(original.directory.appending(original.result)) was changed since it was converted, which would be"
                + " lost: the original is \(original.place)"
        }
        let there = try await directory.stamp(of: original.name)
        if !original.isOnShelf {
            let isSame = there?.isSameFile(as: original.stamp) == true
            return isSame ? nil : "\(original.path) was changed or removed since it was converted"
        }
        guard let there else { return nil }
        // Back already, before the daemon ended.
        if there.isSameFile(as: original.stamp), original.state == .returning { return nil }
        return "there is another file named \(original.path)"
    }

    private func removeResult(of original: OriginalEntry, in directory: any BookDirectory) async throws {
        guard try await hasFile(original, but: original.result, or: original.name, original.stamp, in: directory)
        else {
            if let hidden = original.aside {
                try await unhide(hidden, original.resultStamp, as: original.result, in: directory)
            }
            return try await account.commit {
                try $0.log("warning", "the original is gone again, so \(original.result) stays", path: original.path)
                try $0.forget(original)
            }
        }
        // Where it was changed meanwhile it stays, as a book of its own.
        _ = try await vanish(original.result, original.resultStamp, of: original, as: .returned, in: directory)
        try await account.commit { try $0.forget(original) }
    }
}

extension WritingFault {
    /// Whether it says that the file is not there, or another one.
    fileprivate var isOfAnother: Bool {
        switch self {
        case .absent, .changed: true
        case .unreachable, .readOnly, .occupied, .noRoom, .failed: false
        }
    }
}
