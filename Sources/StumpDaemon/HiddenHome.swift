// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// Tells a home directory that the unit hides from one that is not there.
///
/// The service's unit has `ProtectHome=`, which lays an empty file system over every place where homes are. What is in
/// them does not exist then, whatever the library's owner sees.
enum HiddenHome {
    private static let places: [FilePath] = ["/home", "/root", "/run/user"]

    /// Whether a mount, the one that a library's root leads to, is one that hides homes.
    static func hides(_ mount: MountTable.Mount?) -> Bool {
        guard let mount else { return false }
        return mount.fileSystem == "tmpfs" && places.contains(mount.point)
    }

    static func remedy(for root: FilePath) -> String {
        "The service does not see homes. `systemctl edit stumpd`, with the lines `[Service]` and "
            + "`BindReadOnlyPaths=-\(root)`, then `systemctl restart stumpd` "
            + "(example: /usr/share/doc/stump/examples/home-library.conf)."
    }
}
