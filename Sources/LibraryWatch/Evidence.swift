// SPDX-License-Identifier: MIT

/// Changes that a listing found though no event had told of them: proof that the kernel does not tell everything.
///
/// An event may be on its way when its directory is listed, so a listing raises only a suspicion; it is proof when all
/// events up to then have been read and none was about the directory.
struct Evidence {
    /// Nodes whose differences are no wonder: an event has come, or they were not watched all the time.
    private var explained: Set<DirectoryTree.Node> = []
    private var suspicions: Set<DirectoryTree.Node> = []

    mutating func explain(_ node: DirectoryTree.Node) {
        explained.insert(node)
        suspicions.remove(node)
    }

    /// Notes that a node was listed, and whether it `isOther` than at the last time; says whether that is suspicious.
    mutating func noteListing(of node: DirectoryTree.Node, isOther: Bool) -> Bool {
        let isExplained = explained.remove(node) != nil
        guard isOther, !isExplained else { return false }
        suspicions.insert(node)
        return true
    }

    mutating func forget(_ node: DirectoryTree.Node) {
        explained.remove(node)
        suspicions.remove(node)
    }

    /// Lets all suspicions go, because events were lost.
    mutating func dismiss() {
        suspicions = []
    }

    /// The suspicions that are proof by now.
    mutating func take() -> [DirectoryTree.Node] {
        defer { suspicions = [] }
        return Array(suspicions)
    }
}
