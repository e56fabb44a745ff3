// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import MediaReading

// Nothing may come before the sandbox: it binds the one thread there is, and what that thread starts.
do {
    let profile = CommandLine.arguments.dropFirst().first.flatMap(WorkerProfile.init) ?? .archives
    let hello = try Sandbox.enter(keeping: WorkerProtocol.descriptor, profile: profile)
    try WorkerLoop(socket: WorkerProtocol.descriptor, profile: profile, hello: hello).serve()
} catch {
    let line = Array("stump-worker: error: \(error)\n".utf8)
    write(STDERR_FILENO, line, line.count)
    exit(EX_OSERR)
}
