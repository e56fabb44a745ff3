// SPDX-License-Identifier: MIT

/// What came of taking in the configuration anew.
package struct ReloadReport: Codable, Equatable, Sendable {
    /// A library that was in the configuration before and is in it now, with other settings.
    package struct Change: Codable, Equatable, Sendable {
        package var name: String
        /// The keys that are different, such as `root`.
        package var keys: [String]

        package init(name: String, keys: [String]) {
            self.name = name
            self.keys = keys
        }
    }

    /// Null where the daemon was given libraries on its command line alone.
    @Nullable package var file: String?
    /// What is different in `[daemon]` and `[watch]`, such as `daemon.log_level`.
    package var keys: [String]
    package var added: [String]
    /// These are retired: nothing of them is deleted.
    package var removed: [String]
    package var changed: [Change]

    package init(file: String?, keys: [String], added: [String], removed: [String], changed: [Change]) {
        self.file = file
        self.keys = keys
        self.added = added
        self.removed = removed
        self.changed = changed
    }
}
