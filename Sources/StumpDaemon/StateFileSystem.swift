// SPDX-License-Identifier: MIT
import CLinux
import FoundationEssentials
import LibraryModel
import SystemPackage

/// The file system that the state directory lies on.
enum StateFileSystem {
    /// Refuses one that would damage the database; where the kernel does not tell, there is no reason to.
    static func refuse(_ directory: FilePath) throws(StateFileSystemFault) {
        guard let file = try? FileDescriptor.open(directory, .readOnly, options: [.directory, .closeOnExec]) else {
            return
        }
        defer { try? file.close() }
        var system = clinux_file_system()
        guard clinux_statfs(file.rawValue, &system) == 0 else { return }
        let name = type(of: file)
        guard DatabaseHome.isFit(magic: system.magic, name: name) else {
            throw StateFileSystemFault(directory: directory, type: name)
        }
    }

    /// The type in the table of mounts; empty where that tells nothing.
    private static func type(of file: FileDescriptor) -> String {
        let files = FileManager.default
        guard let path = try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(file.rawValue)"),
            let table = files.contents(atPath: "/proc/self/mountinfo")
        else { return "" }
        return MountTable(parsing: Array(table)).mount(of: FilePath(path))?.fileSystem ?? ""
    }
}

/// The state directory lies where a database cannot.
struct StateFileSystemFault: DaemonFault, Equatable {
    let directory: FilePath

    /// As the table of mounts has it, such as `nfs4`; empty where that is not known.
    let type: String

    var code: String { "network_state" }

    var summary: String {
        "the state directory \(directory.string.escaped) lies on a network file system"
            + (type.isEmpty ? "" : " (\(type.escaped))") + ", which cannot hold the database"
    }

    var remedy: String? {
        "Choose a directory on a disk of this machine with `--state DIR`; libraries may stay where they are."
    }

    var exitCode: Int32 { ExitCode.notWritable }
}
