// SPDX-License-Identifier: MIT

/// Directories that were moved away and have not been seen to arrive.
///
/// The kernel tells of a rename in two halves that bear one cookie. Between them the directory hangs nowhere, with its
/// watches kept; when the second half does not come it has left the libraries. Both halves are in the queue before the
/// rename returns, so what is still here when a later barrier is read will not arrive any more.
struct Limbo {
    /// How long the second half may take; it comes at once unless the queue was read in the middle.
    static let patience: Duration = .milliseconds(500)

    /// By their cookies; one that is known at several paths goes from all of them at once.
    private var directories: [UInt32: (nodes: [DirectoryTree.Node], deadline: ContinuousClock.Instant)] = [:]

    /// When the first of them is to be given up; `nil` when there is none.
    var deadline: ContinuousClock.Instant? { directories.values.lazy.map(\.deadline).min() }

    mutating func put(_ node: DirectoryTree.Node, cookie: UInt32, at now: ContinuousClock.Instant) {
        directories[cookie, default: ([], now + Limbo.patience)].nodes.append(node)
    }

    mutating func take(cookie: UInt32) -> DirectoryTree.Node? {
        let node = directories[cookie]?.nodes.popLast()
        if directories[cookie]?.nodes.isEmpty == true { directories[cookie] = nil }
        return node
    }

    /// Those whose time is over by `now`, which are gone then; all of them for `nil`.
    mutating func takeExpired(at now: ContinuousClock.Instant?) -> [DirectoryTree.Node] {
        let expired = directories.filter { entry in now.map { entry.value.deadline <= $0 } ?? true }
        for cookie in expired.keys { directories[cookie] = nil }
        return expired.values.flatMap(\.nodes)
    }
}
