// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import SystemPackage

extension IgnoreRules {
    /// Adds the `.stumpignore` of the directory, which is open, should there be one that counts, and gives it.
    ///
    /// It is read each time: a copy in memory might be of what was there a moment before. A symbolic link is not followed,
    /// for it may lead out of the library; nothing but a regular file is waited for.
    @discardableResult
    mutating func addFile(in descriptor: Int32) throws(IgnoreFault) -> IgnoreFile? {
        if isExcluded { return nil }
        let path = directory.appending(IgnoreFile.name)
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let file = IgnoreFile.name.withCString { openat(descriptor, $0, flags) }
        guard file >= 0 else {
            switch errno {
            case ENOENT, ESTALE: return nil
            case EACCES, EPERM: throw .denied(path)
            case ELOOP, ENXIO: throw .noFile(path)
            default: throw .failed(path, reason: Errno(rawValue: errno).description)
            }
        }
        defer { close(file) }
        guard let status = try? FileStatus(of: file), status.type == DT_REG else { throw .noFile(path) }
        let rules = try IgnoreFile(try Self.contents(of: file, at: path), in: directory)
        add(rules)
        return rules
    }

    /// At most one byte more than a file of rules may have.
    private static func contents(of file: Int32, at path: FilePath) throws(IgnoreFault) -> [UInt8] {
        var contents: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: IgnoreFile.limit + 1)
        while contents.count <= IgnoreFile.limit {
            let count = read(file, &buffer, IgnoreFile.limit + 1 - contents.count)
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .failed(path, reason: Errno(rawValue: errno).description)
            }
            contents += buffer[..<count]
        }
        return contents
    }
}
