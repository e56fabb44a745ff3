// SPDX-License-Identifier: MIT
import Glibc
package import LibraryModel
package import SystemPackage

extension LibraryWatcher {
    /// What the ignore rules of a library say of a path, which need not exist.
    ///
    /// - Throws: ``ListingFault/rootOffline(_:reason:)``, and what else keeps the root from being opened.
    package func verdict(on path: FilePath, of library: LibraryName) async throws(ListingFault) -> IgnoreVerdict {
        let place = try place(of: library)
        return try await run(on: place.volume(of: path).lane, for: place) { () throws(ListingFault) in
            try OpenDirectory.verdict(on: path.names, below: place.root, IgnoreRules(place.ignore))
        }
    }
}

extension OpenDirectory {
    /// Goes down to a path as far as there are directories, and judges by the rules on the way.
    fileprivate static func verdict(
        on names: [FileName],
        below root: FilePath,
        _ rules: IgnoreRules
    ) throws(ListingFault) -> IgnoreVerdict {
        var rules = rules
        var verdict = IgnoreVerdict()
        var descriptor = try descend([], below: root)
        defer { if descriptor >= 0 { close(descriptor) } }
        for (depth, name) in names.enumerated() {
            var child: Int32 = -1
            if descriptor >= 0 {
                _ = try? rules.addFile(in: descriptor)
                child = name.withCString { openat(descriptor, $0, flags | O_NOFOLLOW) }
                close(descriptor)
            }
            descriptor = child
            verdict = rules.verdict(on: name, isDirectory: depth < names.count - 1 || child >= 0)
            rules = rules.entering(name)
        }
        return verdict
    }
}
