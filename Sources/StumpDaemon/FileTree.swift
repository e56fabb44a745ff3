// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import SystemPackage

/// Files of ours below a directory of ours.
enum FileTree {
    /// Counts them and adds up their sizes; what cannot be read, or goes meanwhile, is left out.
    static func figures(of directory: FilePath) -> FileFigures {
        var figures = FileFigures(files: 0, sizeBytes: 0)
        var rest = [directory]
        while let directory = rest.popLast() {
            guard let stream = directory.withPlatformString({ opendir($0) }) else { continue }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name == "." || name == ".." { continue }
                var status = stat()
                guard fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: rest.append(directory.appending(name))
                case S_IFREG:
                    figures.files += 1
                    figures.sizeBytes += Int64(status.st_size)
                default: break
                }
            }
        }
        return figures
    }
}
