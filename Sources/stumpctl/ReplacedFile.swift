// SPDX-License-Identifier: MIT
import Glibc

/// A file that is replaced as a whole: who reads it sees all of the old bytes or all of the new ones, also after a power
/// cut.
struct ReplacedFile {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Writes beside the file, and renames that over it; what can be read by all, whatever the umask.
    ///
    /// - Throws: a ``CommandFault``; then the file is what it was, and nothing lies beside it.
    func put(_ bytes: [UInt8]) throws {
        // In the same directory, for renaming does not go from one file system to another; hidden, and without the
        // file's ending, so that no collector reads it.
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let directory = path[..<slash]
        var draft = Array("\(directory).\(path[slash...]).XXXXXX".utf8CString)
        let descriptor = mkstemp(&draft)
        guard descriptor >= 0 else { throw fault() }
        do {
            try write(bytes, to: descriptor)
            guard fchmod(descriptor, 0o644) == 0, fsync(descriptor) == 0 else { throw fault() }
            guard rename(draft, path) == 0 else { throw fault() }
        } catch {
            unlink(draft)
            close(descriptor)
            throw error
        }
        close(descriptor)
        let folder = open(directory.isEmpty ? "." : String(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault() }
            rest = rest.dropFirst(count)
        }
    }

    private func fault() -> CommandFault {
        CommandFault(
            code: "write_failed",
            summary: "cannot write \(path): \(String(cString: strerror(errno)))",
            status: .failed
        )
    }
}
