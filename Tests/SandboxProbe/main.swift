// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import MediaReading

// Enters the sandbox as a worker does, then tries on three threads what must fail there. Each thread sends one packet
// to the kept descriptor, and the process stays until that is closed, so that a test can look at it from outside.

/// What `call` answers: 0, or its errno.
func code(_ call: () -> Int32) -> Int32 {
    call() < 0 ? errno : 0
}

func say(_ line: String) {
    let bytes = Array(line.utf8)
    write(WorkerProtocol.descriptor, bytes, bytes.count)
}

/// Swift hides `fork`; a child that came to be would end at once.
func tryFork() -> Int32 {
    typealias Fork = @convention(c) () -> pid_t
    guard let symbol = dlsym(nil, "fork") else { return 0 }
    let child = unsafeBitCast(symbol, to: Fork.self)()
    if child == 0 { _exit(0) }
    return child
}

func tryEverything(on thread: String) {
    var none: [UnsafeMutablePointer<CChar>?] = [nil]
    let open = code { Glibc.open("/etc/hostname", O_RDONLY) }
    let socket = code { Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
    let execve = code { Glibc.execve("/bin/true", &none, &none) }
    let fork = code(tryFork)
    let kill = code { Glibc.kill(getppid(), 0) }
    say("\(thread) open=\(open) socket=\(socket) execve=\(execve) fork=\(fork) kill=\(kill)")
}

func tryOnThread(_: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    tryEverything(on: "thread")
    return nil
}

do {
    let profile = CommandLine.arguments.dropFirst().first.flatMap(WorkerProfile.init) ?? .archives
    let hello = try Sandbox.enter(keeping: WorkerProtocol.descriptor, profile: profile)
    say("landlock=\(hello.landlock) seccomp=\(hello.seccomp)")
    for _ in 0..<2 {
        var thread = pthread_t()
        let started = pthread_create(&thread, nil, tryOnThread, nil)
        if started == 0 { pthread_join(thread, nil) } else { say("no thread: \(started)") }
    }
    tryEverything(on: "main")
} catch {
    say("\(error)")
}
var byte: UInt8 = 0
_ = read(WorkerProtocol.descriptor, &byte, 1)
