// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// How many directories the kernel watches for one user, all programs together.
enum WatchLimit {
    /// The least of the limits that hold for this process; `nil` where the kernel tells none.
    static var current: Int? {
        [
            "/proc/sys/fs/inotify/max_user_watches",
            // Of the user namespace, for a container that was given fewer.
            "/proc/sys/user/max_inotify_watches",
        ].compactMap { number(in: $0) }.min()
    }

    /// How many of `limit` we take: some are left for the other programs of this user.
    static func share(of limit: Int) -> Int {
        limit - min(512, limit / 8)
    }

    private static func number(in path: FilePath) -> Int? {
        guard let file = try? FileDescriptor.open(path, .readOnly) else { return nil }
        var digits = [UInt8](repeating: 0, count: 32)
        let count = (try? file.closeAfter { try digits.withUnsafeMutableBytes { try file.read(into: $0) } }) ?? 0
        return Int(String(decoding: digits[..<count].prefix { $0.isASCIIDigit }, as: UTF8.self))
    }
}
