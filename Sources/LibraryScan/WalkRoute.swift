// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// The way of a walk through the directories: each is visited once, parents before their children.
///
/// A directory at whose path the catalog has another one waits until all else was visited, for the other one may have
/// been met at its new path by then. What is below waits with it.
struct WalkRoute: Sendable {
    /// When a directory is visited.
    enum Turn: Int, Comparable, Sendable {
        /// In its order.
        case first

        /// When all others were visited that need not wait: now another directory's row has to give way.
        case second

        /// When nothing else is left: it takes the row that is there.
        case last

        static func < (left: Turn, right: Turn) -> Bool { left.rawValue < right.rawValue }
    }

    /// One directory to be visited.
    struct Stop: Sendable, Equatable {
        var directory: FilePath

        /// Whether everything below it is to be visited, known or not.
        var isDeep: Bool

        /// Whether the listing of its parent showed it, and the catalog does not know it.
        var isNew = false
        var turn = Turn.first

        /// Whether it was visited before, when it was not what it is now.
        var isAgain = false
    }

    private var stack: [Stop] = []
    private var seconds: [Stop] = []
    private var lasts: [Stop] = []
    /// When each directory was visited, and when all that lies below some was reopened, by one count of both.
    private var visited: [FilePath: Int] = [:]
    private var reopened: [FilePath: Int] = [:]
    private var count = 0

    /// The directories that wait, and what is not visited before them because it lies below.
    private var waiting: [FilePath: [Stop]] = [:]

    /// Directories that are to be visited with all below them, by whatever stop comes first.
    private var deep: Set<FilePath> = []

    /// Directories whose absence, should they be absent, has to be proved by their parents.
    private var asked: Set<FilePath>

    init(_ scope: ScanScope) {
        asked = Set(scope.directories.keys)
        for start in scope.starts.reversed() { push(Stop(directory: start.directory, isDeep: start.isDeep)) }
    }

    mutating func next() -> Stop? {
        while var stop = stack.popLast() ?? seconds.popLast() ?? lasts.popLast() {
            if let ancestor = waitingAncestor(of: stop.directory) {
                waiting[ancestor]?.append(stop)
                continue
            }
            // One that its parent shows as new may be in the scope as well, or be the parent of several that are gone.
            if isVisited(stop.directory) { continue }
            count += 1
            visited[stop.directory] = count
            stack += waiting.removeValue(forKey: stop.directory) ?? []
            stop.isDeep = deep.contains(stop.directory)
            return stop
        }
        return nil
    }

    /// Goes on with directories that a listing showed.
    mutating func enter(_ names: [FileName], of directory: FilePath, areNew: Bool, isDeep: Bool) {
        for name in names.sorted().reversed() {
            push(Stop(directory: directory.appending(name), isDeep: isDeep, isNew: areNew))
        }
    }

    /// Has a directory's absence proved by its parent where somebody asked for the directory itself.
    mutating func prove(_ directory: FilePath) {
        guard asked.contains(directory), !directory.isEmpty else { return }
        let parent = directory.removingLastComponent()
        asked.insert(parent)
        push(Stop(directory: parent, isDeep: false))
    }

    /// Comes back to a directory at a later turn, its parent having been visited, too: that shows its neighbours.
    mutating func wait(for stop: Stop, until turn: Turn) {
        precondition(turn > stop.turn, "\(stop.directory) would wait for ever")
        var later = stop
        later.turn = turn
        if turn == .second { seconds.append(later) } else { lasts.append(later) }
        waiting[stop.directory] = []
        visited[stop.directory] = nil
        push(Stop(directory: stop.directory.removingLastComponent(), isDeep: false))
    }

    /// Visits a directory though it was visited before.
    mutating func revisit(_ directory: FilePath) {
        visited[directory] = nil
        push(Stop(directory: directory, isDeep: false, isAgain: true))
    }

    /// Has everything below a directory count as not visited: the rows that it was compared with have gone elsewhere.
    mutating func reopen(below directory: FilePath) {
        count += 1
        reopened[directory] = count
    }

    private func isVisited(_ directory: FilePath) -> Bool {
        guard let visit = visited[directory] else { return false }
        if reopened.isEmpty { return true }
        var ancestor = directory
        while ancestor.removeLastComponent() {
            if let opening = reopened[ancestor], opening > visit { return false }
        }
        return true
    }

    private mutating func push(_ stop: Stop) {
        if stop.isDeep { deep.insert(stop.directory) }
        stack.append(stop)
    }

    private func waitingAncestor(of directory: FilePath) -> FilePath? {
        if waiting.isEmpty { return nil }
        var ancestor = directory
        while ancestor.removeLastComponent() {
            if waiting[ancestor] != nil { return ancestor }
        }
        return nil
    }
}
