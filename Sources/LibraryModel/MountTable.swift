// SPDX-License-Identifier: MIT
package import SystemPackage

/// The kernel's table of mounts, as `/proc/self/mountinfo` gives it.
///
/// Lines that are not what `proc(5)` says are skipped. A mount may hide others, by lying over them or over a directory
/// above them; what a path leads to follows from which mount each one was made on.
package struct MountTable: Equatable, Sendable {
    package struct Mount: Equatable, Sendable {
        package var id: Int

        /// The mount that this one was made on; not in the table for the topmost.
        package var parent: Int

        /// As `major:minor`, such as `8:1`.
        package var device: String

        /// The directory within the file system that is mounted.
        package var root: FilePath

        /// Where it is mounted, as an absolute path.
        package var point: FilePath
        package var isReadOnly: Bool

        /// The type, such as `ext4` or `fuse.mergerfs`.
        package var fileSystem: String

        /// What is mounted, such as `/dev/sdb1`; anything at all where there is no device.
        package var source: String

        package init(
            id: Int,
            parent: Int,
            device: String,
            root: FilePath,
            point: FilePath,
            isReadOnly: Bool,
            fileSystem: String,
            source: String
        ) {
            self.id = id
            self.parent = parent
            self.device = device
            self.root = root
            self.point = point
            self.isReadOnly = isReadOnly
            self.fileSystem = fileSystem
            self.source = source
        }
    }

    /// In the order of the table, in which a mount comes after those that it lies over.
    package let mounts: [Mount]

    package init(parsing bytes: [UInt8]) {
        mounts = bytes.split(separator: UInt8(ascii: "\n")).compactMap { Mount(line: $0) }
    }

    /// The mount that a path leads to; `nil` only where the table has none for `/`.
    package func mount(of path: FilePath) -> Mount? {
        index(of: path).map { mounts[$0] }
    }

    /// The mounts strictly below a path that a path leads to, each after those that it lies below.
    package func mounts(below path: FilePath) -> [Mount] {
        mounts.indices
            .filter { mounts[$0].point != path && mounts[$0].point.starts(with: path) }
            .filter { index(of: mounts[$0].point) == $0 }
            .sorted { (depth(of: $0), $0) < (depth(of: $1), $1) }
            .map { mounts[$0] }
    }

    /// Goes down from the topmost mount as the kernel does: at each, the first mount point on the way leads on.
    private func index(of path: FilePath) -> Int? {
        var onTheWay = mounts.indices.filter { path.starts(with: mounts[$0].point) }
        var current: Int?
        // What was passed is not met again, so that a table which contradicts itself leads nowhere in circles.
        while let next = child(of: current, among: onTheWay) ?? orphan(below: current, among: onTheWay) {
            current = next
            onTheWay.removeAll { $0 == next }
        }
        return current
    }

    /// The mount that was made on another, or on none of the table where that is `nil`.
    private func child(of current: Int?, among candidates: [Int]) -> Int? {
        first(of: candidates.filter { isChild($0, of: current) })
    }

    /// A mount made on none of the table, where the one that was reached leads no further.
    private func orphan(below current: Int?, among candidates: [Int]) -> Int? {
        guard let current else { return nil }
        return child(of: nil, among: candidates.filter { depth(of: $0) > depth(of: current) })
    }

    private func isChild(_ index: Int, of current: Int?) -> Bool {
        let mount = mounts[index]
        guard let current else { return mount.parent == mount.id || !mounts.contains { $0.id == mount.parent } }
        return mount.parent == mounts[current].id && mount.parent != mount.id
    }

    /// Of several the one with the shortest point, and of those at one point the last of the table.
    private func first(of candidates: [Int]) -> Int? {
        candidates.min { (depth(of: $0), -$0) < (depth(of: $1), -$1) }
    }

    private func depth(of index: Int) -> Int { mounts[index].point.components.count }
}

extension MountTable.Mount {
    /// Reads `36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/root rw`; any number of fields before the dash.
    fileprivate init?(line: ArraySlice<UInt8>) {
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard let dash = fields.dropFirst(6).firstIndex(where: { $0.elementsEqual([UInt8(ascii: "-")]) }),
            fields.count > dash + 2,
            let id = Int(String(decoding: fields[0], as: UTF8.self)),
            let parent = Int(String(decoding: fields[1], as: UTF8.self)),
            let root = FilePath(octalEscaped: fields[3]),
            let point = FilePath(octalEscaped: fields[4]), point.isAbsolute
        else { return nil }
        self.init(
            id: id,
            parent: parent,
            device: String(decoding: fields[2], as: UTF8.self),
            root: root,
            point: point,
            isReadOnly: [fields[5], fields.count > dash + 3 ? fields[dash + 3] : []].contains(where: \.isReadOnly),
            fileSystem: String(decoding: fields[dash + 1].octalUnescaped, as: UTF8.self),
            source: String(decoding: fields[dash + 2].octalUnescaped, as: UTF8.self)
        )
    }
}

extension FilePath {
    /// `nil` for an empty path and for one with a NUL, which is none.
    fileprivate init?(octalEscaped field: ArraySlice<UInt8>) {
        let bytes = field.octalUnescaped
        guard !bytes.isEmpty, !bytes.contains(0) else { return nil }
        self.init(bytes: bytes)
    }
}

extension ArraySlice<UInt8> {
    /// Whether these mount options say so.
    fileprivate var isReadOnly: Bool {
        split(separator: UInt8(ascii: ",")).contains { $0.elementsEqual("ro".utf8) }
    }

    /// The bytes with `\040` and its like taken back; any other backslash stands for itself.
    fileprivate var octalUnescaped: [UInt8] {
        var bytes: [UInt8] = []
        var rest = self
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.prefix(3).octalByte else {
                bytes.append(byte)
                continue
            }
            bytes.append(escaped)
            rest = rest.dropFirst(3)
        }
        return bytes
    }

    /// The byte that three octal digits say.
    private var octalByte: UInt8? {
        guard count == 3, allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "7") }) else { return nil }
        return UInt8(exactly: reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) })
    }
}
