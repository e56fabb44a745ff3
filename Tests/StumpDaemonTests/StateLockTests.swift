// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import StumpDaemon
import SystemPackage
import Testing

@Suite("A state directory has one daemon")
struct StateLockTests {
    @Test func `the second is told who has it`() throws {
        let scratch = try ScratchDirectory()
        let first = try StateLock(scratch.path)
        let fault = #expect(throws: StateLockFault.self) { _ = try StateLock(scratch.path) }
        #expect(fault == .held(scratch.path, by: getpid()) && fault?.exitCode == 69)
        #expect(fault?.summary == "another stumpd (process \(getpid())) runs on \(scratch.path)")
        withExtendedLifetime(first) {}
    }

    @Test func `what a dead daemon left does not hold`() throws {
        let scratch = try ScratchDirectory()
        _ = try scratch.write("99999999\nmore than the new text", to: "lock")
        _ = try StateLock(scratch.path)
        let lock = try StateLock(scratch.path)
        let fault = #expect(throws: StateLockFault.self) { _ = try StateLock(scratch.path) }
        #expect(fault == .held(scratch.path, by: getpid()))
        withExtendedLifetime(lock) {}
    }

    @Test func `a refused lock closes its own file and nobody else's`() async throws {
        let scratch = try ScratchDirectory()
        let first = try StateLock(scratch.path)
        let path = scratch.path
        async let refusals: Void = {
            for _ in 0..<2000 { #expect(throws: StateLockFault.self) { _ = try StateLock(path) } }
        }()
        for _ in 0..<20_000 {
            let file = try FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec)
            try file.close()
        }
        await refusals
        withExtendedLifetime(first) {}
    }

    @Test func `a directory that is not there cannot be locked`() throws {
        let scratch = try ScratchDirectory()
        let missing = scratch.path.appending("missing")
        let fault = #expect(throws: StateLockFault.self) { _ = try StateLock(missing) }
        #expect(fault == .unusable(missing.appending("lock"), .noSuchFileOrDirectory) && fault?.exitCode == 74)
    }
}
