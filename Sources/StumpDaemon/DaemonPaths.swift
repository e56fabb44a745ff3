// SPDX-License-Identifier: MIT
package import SystemPackage

/// Where the daemon keeps what it knows, and where it can be reached; all paths are absolute.
package struct DaemonPaths: Equatable, Sendable {
    /// What must not be lost: the database.
    package let state: FilePath

    /// What can be made again: thumbnails, temporary files.
    package let cache: FilePath
    package let socket: FilePath

    /// Whether the socket's directory lies where everybody may write, so that somebody may have made it before us.
    let isSocketDirectoryShared: Bool

    /// What of the process and its surroundings decides.
    package struct Surroundings: Sendable {
        /// The values of `--state`, `--cache`, `--socket`.
        package var state: FilePath?
        package var cache: FilePath?
        package var socket: FilePath?
        package var environment: [String: String]
        package var user: UInt32
        package var workingDirectory: FilePath

        package init(
            state: FilePath? = nil,
            cache: FilePath? = nil,
            socket: FilePath? = nil,
            environment: [String: String],
            user: UInt32,
            workingDirectory: FilePath
        ) {
            self.state = state
            self.cache = cache
            self.socket = socket
            self.environment = environment
            self.user = user
            self.workingDirectory = workingDirectory
        }
    }

    /// The longest path that a socket can have, in bytes: `sun_path` without its NUL.
    package static let longestSocketPath = 107

    /// Chooses: first the flags, then what systemd gives a service, then the user's own directories.
    ///
    /// Touches nothing. Throws where there is no home to derive a directory from, or the socket's path is too long.
    /// Sources: `systemd.exec(5)`, `RuntimeDirectory=`; XDG Base Directory Specification 0.8.
    package init(_ here: Surroundings) throws(DaemonPathsFault) {
        state = try here.stateDirectory
        cache = try here.directory(
            .cache,
            here.cache,
            service: "CACHE_DIRECTORY",
            user: "XDG_CACHE_HOME",
            home: ".cache"
        )
        isSocketDirectoryShared = here.socketDirectory == nil && here.socket == nil
        socket =
            here.socket.map(here.absolute)
            ?? (here.socketDirectory ?? here.temporaryDirectory).appending("stumpd.sock")
        guard socket.length <= DaemonPaths.longestSocketPath else {
            throw .socketTooLong(socket, shorter: FilePath("/tmp/stump-\(here.user)/stumpd.sock"))
        }
    }

    /// The state directory that a backup is to be restored into.
    ///
    /// Without a flag, a backup in the directory `backups` of a state directory goes where it came from: root, who
    /// restores it for a service, has another state directory than the service.
    package static func state(
        restoring backup: FilePath,
        _ here: Surroundings,
        isState: (FilePath) -> Bool
    ) throws(DaemonPathsFault) -> FilePath {
        let folder = backup.removingLastComponent()
        if here.state == nil, folder.lastComponent == "backups", isState(folder.removingLastComponent()) {
            return folder.removingLastComponent()
        }
        return try here.stateDirectory
    }
}

extension DaemonPaths.Surroundings {
    fileprivate var stateDirectory: FilePath {
        get throws(DaemonPathsFault) {
            try directory(
                .state,
                state,
                service: "STATE_DIRECTORY",
                user: "XDG_STATE_HOME",
                home: ".local/state"
            )
        }
    }

    fileprivate func directory(
        _ purpose: DaemonPathsFault.Purpose,
        _ flag: FilePath?,
        service: String,
        user: String,
        home: FilePath
    ) throws(DaemonPathsFault) -> FilePath {
        if let flag { return absolute(flag) }
        if let directory = serviceDirectory(service) { return directory }
        if let directory = absolutePath(user) { return directory.appending("stump") }
        guard let directory = absolutePath("HOME") else { throw .noHome(purpose) }
        return directory.pushing(home).appending("stump")
    }

    fileprivate var socketDirectory: FilePath? {
        serviceDirectory("RUNTIME_DIRECTORY") ?? absolutePath("XDG_RUNTIME_DIR")?.appending("stump")
    }

    fileprivate var temporaryDirectory: FilePath {
        (absolutePath("TMPDIR") ?? "/tmp").appending("stump-\(user)")
    }

    fileprivate func absolute(_ path: FilePath) -> FilePath {
        workingDirectory.pushing(path).lexicallyNormalized()
    }

    /// The first of systemd's colon-separated list.
    private func serviceDirectory(_ variable: String) -> FilePath? {
        environment[variable]?.split(separator: ":").first.map { FilePath(String($0)) }
    }

    /// A relative value is to be ignored, says the XDG specification.
    private func absolutePath(_ variable: String) -> FilePath? {
        environment[variable].map { FilePath($0) }.flatMap { $0.isAbsolute ? $0 : nil }
    }
}
