// SPDX-License-Identifier: MIT
import Support

/// A system call of the daemon that fails while books are converted, or that it is killed at.
struct ConversionFault: Sendable, CustomStringConvertible {
    /// What happens, in the words of `strace`.
    enum Kind: Sendable {
        case kill
        case error(String)

        var words: String {
            switch self {
            case .kill: "signal=KILL"
            case .error(let name): "error=\(name)"
            }
        }
    }

    let call: String

    /// Which call of a thread it meets, from 1.
    let count: Int
    let kind: Kind

    /// Whether only calls count that are about the book's directory.
    let isOfDirectory: Bool

    /// Where only one call is met, or that and all later ones of a thread.
    let isLasting: Bool

    var injection: String { "\(call):\(kind.words):when=\(count)\(isLasting ? "+" : "")" }

    var description: String { "\(injection)\(isOfDirectory ? " in the directory" : "")" }

    /// Every call that changes a library, in its directory; and all that write the database or a draft, wherever.
    private static let ofDirectory = ["openat", "renameat2", "linkat", "unlinkat", "mkdirat", "statx", "fsync"]
    private static let anywhere = ["fchown", "fchmod", "utimensat", "fsync", "fdatasync", "pwrite64", "fstatfs"]

    /// Every fault point; 1 to 8 calls deep.
    static let all: [ConversionFault] = {
        var faults: [ConversionFault] = []
        for (calls, isOfDirectory) in [(ofDirectory, true), (anywhere, false)] {
            for call in calls {
                for count in 1...8 {
                    let make = { (kind: Kind, isLasting: Bool) in
                        ConversionFault(
                            call: call,
                            count: count,
                            kind: kind,
                            isOfDirectory: isOfDirectory,
                            isLasting: isLasting
                        )
                    }
                    faults.append(make(.kill, false))
                    // What the database meets is another campaign's.
                    if !isOfDirectory, ["fsync", "fdatasync", "pwrite64"].contains(call) { continue }
                    if count > 3 { continue }
                    for error in ["EIO", "ENOSPC", "EACCES"] { faults.append(make(.error(error), false)) }
                    faults.append(make(.error("EROFS"), true))
                }
            }
        }
        return faults
    }()

    /// A few of them, others with each seed.
    static func some(_ count: Int, seed: UInt64) -> [ConversionFault] {
        var random = SplitMix(seed: seed)
        return Array(all.shuffled(using: &random).prefix(count))
    }
}
