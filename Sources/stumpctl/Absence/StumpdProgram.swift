// SPDX-License-Identifier: MIT
import Glibc

/// Where the daemon's program may be: beside stumpctl, where it is installed, where programs are searched for.
enum StumpdProgram {
    static var places: [String] {
        places(ownPath: readlink("/proc/self/exe"), searchPath: ProcessEnvironment.all["PATH"])
    }

    static func places(ownPath: String?, searchPath: String?) -> [String] {
        let own = ownPath.flatMap { path in path.lastIndex(of: "/").map { String(path[..<$0]) } }
        let searched = searchPath?.split(separator: ":").map { String($0) } ?? []
        return ([own].compactMap { $0 } + ["/usr/sbin"] + searched).map { $0 + "/stumpd" }
    }

    private static func readlink(_ link: String) -> String? {
        guard let path = realpath(link, nil) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}
