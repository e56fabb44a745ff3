// SPDX-License-Identifier: MIT
import CLinux
import Glibc
import LibraryModel
import SystemPackage

/// Finds the directories on the way to a root that are to be watched for it; see ``AnchorTable``.
struct RootAnchors: ~Copyable {
    /// The most symbolic links that are followed, as the kernel has it.
    private static let linkLimit = 40

    private let inotify: Inotify
    private var anchors: [AnchorTable.Anchor] = []
    private var links = 0

    init(on inotify: Inotify) {
        self.inotify = inotify
    }

    /// Walks to a root as far as there is a way, and watches each directory before it looks into it.
    consuming func find(to root: FilePath) -> [AnchorTable.Anchor] {
        walk(root)
        return anchors
    }

    private mutating func walk(_ path: FilePath) {
        var directory = Glibc.open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(directory) }
        var rest = path.names[...]
        while directory >= 0, let name = rest.popFirst() {
            guard let next = step(to: name, in: directory) else { return }
            close(directory)
            directory = next
            if let target = target(of: next) {
                links += 1
                guard links <= RootAnchors.linkLimit else { return }
                // From the target on, the way is another.
                return walk(target.pushing(FilePath(bytes: Array(rest.map(\.bytes).joined(separator: [0x2F])))))
            }
        }
        // The root itself, though listing it watches it for more: it may be polled alone.
        watch(directory, for: nil)
    }

    /// The next directory or symbolic link on the way; `nil` where the way ends.
    private mutating func step(to name: FileName, in directory: Int32) -> Int32? {
        if let next = RootAnchors.open(name, in: directory) {
            watch(directory, for: RootAnchors.isLink(next) ? name : nil)
            return next
        }
        watch(directory, for: name)
        // It may have come before the watch.
        return RootAnchors.open(name, in: directory)
    }

    private mutating func watch(_ directory: Int32, for name: FileName?) {
        let mask = Inotify.anchorMask | (name == nil ? 0 : Inotify.nameMask)
        // One that may not be watched costs a notice, never truth: the root is looked at by every scan.
        guard case .success(let watch) = inotify.add(directory, for: mask) else { return }
        anchors.append(AnchorTable.Anchor(watch: watch, name: name))
    }

    /// Where a symbolic link leads, from `/` on; `nil` for what is none.
    private func target(of link: Int32) -> FilePath? {
        guard RootAnchors.isLink(link) else { return nil }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlinkat(link, "", &buffer, Int(PATH_MAX))
        guard count > 0 else { return nil }
        let target = FilePath(platformString: buffer)
        if target.isAbsolute { return target }
        return RootAnchors.path(of: link)?.removingLastComponent().pushing(target).lexicallyNormalized()
    }

    private static func open(_ name: FileName, in directory: Int32) -> Int32? {
        let flags = Int32(CLINUX_PATH) | O_NOFOLLOW | O_CLOEXEC
        let descriptor = name.withCString { openat(directory, $0, flags) }
        return descriptor < 0 ? nil : descriptor
    }

    private static func isLink(_ descriptor: Int32) -> Bool {
        (try? FileStatus(of: descriptor))?.type == DT_LNK
    }

    /// The path that a descriptor was opened by, with no symbolic link on the way; `nil` where the kernel does not tell.
    static func path(of descriptor: Int32) -> FilePath? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/fd/\(descriptor)", &buffer, Int(PATH_MAX))
        return count > 0 ? FilePath(platformString: buffer) : nil
    }
}
