// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel

/// The directories outside the libraries whose changes may move, remove or bring back a root.
///
/// A rename of `/srv` moves the root `/srv/comics`, and no event of the root tells. So each directory on the way to a
/// root is watched for its own end, and the one in which the next name is not there yet, or is a symbolic link, for
/// that name.
struct AnchorTable {
    struct Anchor: Equatable {
        let watch: Inotify.Watch

        /// The entry that counts beside the directory's own end; `nil` for none.
        let name: FileName?
    }

    private var anchors: [Inotify.Watch: [(library: Int, name: FileName?)]] = [:]

    /// How many watches there are.
    var count: Int { anchors.count }

    /// The libraries whose root an event may concern.
    func libraries(touchedBy event: KernelEvent) -> [Int] {
        guard let anchors = anchors[event.watch] else { return [] }
        let isEnd = event.isAny(of: IN_MOVE_SELF | IN_DELETE_SELF | IN_IGNORED | IN_UNMOUNT)
        return anchors.filter { event.name == nil ? isEnd : event.name == $0.name }.map(\.library)
    }

    /// Takes new anchors for a library; says which watches no library's anchors use any more.
    mutating func replace(_ new: [Anchor], of library: Int) -> [Inotify.Watch] {
        let old = anchors.filter { $0.value.contains { $0.library == library } }.keys
        for watch in old { anchors[watch]?.removeAll { $0.library == library } }
        for anchor in new { anchors[anchor.watch, default: []].append((library, anchor.name)) }
        let ended = old.filter { anchors[$0]?.isEmpty ?? true }
        for watch in ended { anchors[watch] = nil }
        return ended
    }

    func isFree(_ watch: Inotify.Watch) -> Bool { anchors[watch] == nil }

    mutating func end(_ watch: Inotify.Watch) {
        anchors[watch] = nil
    }
}
