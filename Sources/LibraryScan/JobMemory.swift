// SPDX-License-Identifier: MIT
import LibraryModel
import Synchronization
import SystemPackage

/// What is known of a job from the times when it ran before, for as long as the daemon lives.
///
/// The catalog says of a book whether it has changed, not whether this job has read it: a scan that reads all of them
/// would begin anew whenever it goes on. What is kept is bounded by the tree of directories, and by the largest one.
final class JobMemory: Sendable {
    /// How often in a row a job gives way to another one before it got anywhere.
    private static let patience = 2

    private struct State {
        var fruitless = 0

        /// Directories whose books are all read, and of others those that are.
        var whole: Set<FilePath> = []
        var parts: [FilePath: Set<FileName>] = [:]

        /// How many books are to be read of each of the others, those that are read among them.
        var wanted: [FilePath: Int] = [:]
    }

    private let state = Mutex(State())

    /// Whether the job may be interrupted for a more urgent one though it has done nothing yet.
    var mayGiveWay: Bool { state.withLock { $0.fruitless < JobMemory.patience } }

    func note(gaveWay: Bool, hasResult: Bool) {
        state.withLock { $0.fruitless = gaveWay && !hasResult ? $0.fruitless + 1 : 0 }
    }

    /// Says how many books of a directory are about to be read.
    func expect(_ count: Int, in directory: FilePath) {
        state.withLock { state in
            state.wanted[directory] = count + (state.parts[directory]?.count ?? 0)
        }
    }

    /// Notes that what was read of a book is committed.
    func note(_ name: FileName, in directory: FilePath) {
        state.withLock { state in
            guard let wanted = state.wanted[directory] else { return }
            state.parts[directory, default: []].insert(name)
            guard state.parts[directory]?.count == wanted else { return }
            state.parts[directory] = nil
            state.wanted[directory] = nil
            state.whole.insert(directory)
        }
    }

    /// Whether a book was read, so that it need not be again unless it has changed.
    func hasRead(_ name: FileName, in directory: FilePath) -> Bool {
        state.withLock { $0.whole.contains(directory) || $0.parts[directory]?.contains(name) == true }
    }
}
