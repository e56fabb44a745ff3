// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// The paths that a request names, absolute or relative to a library's root, as directories of the library.
struct RequestedPaths {
    let scope: ScanScope

    /// None means all of the library.
    init(_ paths: [String], below root: FilePath) throws(RequestFault) {
        if paths.isEmpty {
            scope = .library
            return
        }
        var scope = ScanScope()
        for text in paths {
            let path = root.pushing(FilePath(text)).lexicallyNormalized()
            guard path.isWithin(root.lexicallyNormalized()) else { throw .outside(path, root: root) }
            var relative = path
            _ = relative.removePrefix(root.lexicallyNormalized())
            scope.insert(relative, ScanScope.Depth(isDeep: true))
        }
        self.scope = scope
    }
}
