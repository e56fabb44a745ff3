// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import Testing

enum Needs {
    /// Whether somebody asked for the tests that take long.
    static let slowTests = ProcessInfo.processInfo.environment["STUMP_SLOW_TESTS"] == "1"
}

/// What a test needs of the machine and the user it runs for; without it, the test is skipped and says why.
extension Trait where Self == ConditionTrait {
    /// A mount namespace.
    static var withMounts: Self { needing(PrivateMounts.refusal) }

    /// A namespace with limits of its own.
    static var withLimits: Self { needing(PrivateMounts.refusalOfUsers) }

    /// Somebody who asked for the tests that take long.
    static var withPatience: Self {
        needing(Needs.slowTests ? nil : "takes long; STUMP_SLOW_TESTS=1 runs it")
    }

    /// All rights.
    static var asRoot: Self { needing(getuid() == 0 ? nil : "only root may do this") }

    /// A disk of some kind.
    static func with(_ kind: Disk.Kind) -> Self { needing(kind.refusal) }

    /// A program of Debian's.
    static func with(_ program: String) -> Self {
        needing(Program.installed(program) == nil ? "\(program) is not installed" : nil)
    }

    private static func needing(_ refusal: String?) -> Self {
        .enabled(if: refusal == nil, refusal.map { "\($0)" })
    }
}
