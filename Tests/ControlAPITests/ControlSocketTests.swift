// SPDX-License-Identifier: MIT
import ControlAPI
import Glibc
import Testing

@Suite("Daemon and clients find the same socket")
struct ControlSocketTests {
    private let nowhere = "/nonexistent/stumpd.sock"
    private let environment = ["STUMP_SOCKET": "/a/named.sock", "XDG_RUNTIME_DIR": "/run/user/1000"]

    @Test func `the option comes before the environment`() throws {
        #expect(try ControlSocket.path(option: "/x.sock", environment: environment) == "/x.sock")
        #expect(try ControlSocket.path(option: nil, environment: environment) == "/a/named.sock")
    }

    @Test func `the service's socket is used if it is there, else the user's`() throws {
        var environment = environment
        environment["STUMP_SOCKET"] = ""
        #expect(try ControlSocket.path(option: nil, environment: environment, servicePath: "/dev/null") == "/dev/null")
        #expect(
            try ControlSocket.path(option: nil, environment: environment, servicePath: nowhere)
                == "/run/user/1000/stump/stumpd.sock"
        )
    }

    @Test func `without a runtime directory it is one of the user's under the temporary directory`() async throws {
        try await ScriptedDaemon.withTemporaryDirectory { temporary in
            let expected = "\(temporary)/stump-\(geteuid())/stumpd.sock"
            #expect(try ControlSocket.userPath(environment: ["TMPDIR": temporary]) == expected)
            try #require(mkdir("\(temporary)/stump-\(geteuid())", 0o700) == 0)
            #expect(try ControlSocket.userPath(environment: ["TMPDIR": temporary]) == expected)
        }
    }

    @Test func `a directory that others may write to is not trusted`() async throws {
        try await ScriptedDaemon.withTemporaryDirectory { temporary in
            let directory = "\(temporary)/stump-\(geteuid())"
            try #require(mkdir(directory, 0o700) == 0)
            chmod(directory, 0o777)
            #expect(throws: ControlFault.untrustedDirectory(directory)) {
                try ControlSocket.userPath(environment: ["TMPDIR": temporary])
            }
        }
    }

    @Test func `a link in place of the directory is not trusted`() async throws {
        try await ScriptedDaemon.withTemporaryDirectory { temporary in
            let directory = "\(temporary)/stump-\(geteuid())"
            try #require(symlink("/tmp", directory) == 0)
            #expect(throws: ControlFault.untrustedDirectory(directory)) {
                try ControlSocket.userPath(environment: ["TMPDIR": temporary])
            }
        }
    }

    @Test func `a directory of somebody else's is not trusted`() async throws {
        try await ScriptedDaemon.withTemporaryDirectory { temporary in
            let other = geteuid() + 1
            let directory = "\(temporary)/stump-\(other)"
            try #require(mkdir(directory, 0o700) == 0)
            defer { rmdir(directory) }
            #expect(throws: ControlFault.untrustedDirectory(directory)) {
                try ControlSocket.userPath(environment: ["TMPDIR": temporary], user: other)
            }
        }
    }

    @Test func `a path longer than the kernel takes is refused before it is tried`() {
        let longest = "/" + String(repeating: "x", count: 106)
        #expect(throws: Never.self) { try ControlSocket.path(option: longest, environment: [:]) }
        #expect(throws: ControlFault.pathTooLong(socket: longest + "é")) {
            try ControlSocket.path(option: longest + "é", environment: [:])
        }
    }
}
