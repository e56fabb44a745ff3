// SPDX-License-Identifier: MIT
import Glibc

/// A program that is asked one thing and has little time for it.
///
/// What helps to explain a failure must not become another one: a service manager that hangs is left alone.
struct BriefProgram {
    private static let longestAnswer = 64 << 10

    let path: String
    let arguments: [String]

    /// The first of that name in the directories of a search path; `nil` where there is none.
    static func find(_ name: String, searchPath: String?) -> String? {
        let folders = (searchPath ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// What it prints in that time and ends well; `nil` otherwise.
    func output(within limit: Duration) -> String? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let process = start(writingTo: ends[1])
        close(ends[1])
        guard let process else { return nil }
        let answer = read(ends[0], until: .now + limit)
        if answer == nil { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status == 0 ? answer : nil
    }

    private func start(writingTo pipe: Int32) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        // Words that are read below, not in the reader's language.
        var variables = [strdup("LC_ALL=C"), strdup("PATH=/usr/bin:/bin"), nil]
        defer { for word in words + variables { free(word) } }
        var process: pid_t = 0
        return posix_spawn(&process, path, &actions, nil, &words, &variables) == 0 ? process : nil
    }

    /// `nil` where the end does not come in time, or there is too much.
    private func read(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> String? {
        var bytes: [UInt8] = []
        while bytes.count <= BriefProgram.longestAnswer {
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&wanted, 1, Int32(left.rounded(.up))) > 0 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            guard count > 0 else { return nil }
            bytes += buffer.prefix(count)
        }
        return nil
    }
}
