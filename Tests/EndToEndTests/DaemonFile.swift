// SPDX-License-Identifier: MIT
import SystemPackage

/// The daemon's configuration, as far as a test sets it.
struct DaemonFile {
    /// Each library's name and root, in order.
    var libraries: KeyValuePairs<String, FilePath>

    /// How all of them are watched.
    var watch = "auto"

    /// As the file writes it: `1s`.
    var pollInterval: String?

    /// The lines of each library's table on conversion.
    var conversion: String?

    /// How long a book is missing before it is forgotten, as the file writes it: `2h`.
    var purgeMissing: String?

    var text: String {
        let purging = purgeMissing.map { "[daemon]\npurge_missing = \"\($0)\"\n" } ?? ""
        let polling = pollInterval.map { "[watch]\npoll_interval = \"\($0)\"\n" } ?? ""
        return libraries.reduce(into: purging + polling) { text, library in
            text += "[[library]]\nname = \"\(library.key)\"\nroot = \"\(library.value)\"\nwatch = \"\(watch)\"\n"
            if let conversion { text += "[library.conversion]\n\(conversion)\n" }
        }
    }
}
