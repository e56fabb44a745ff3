// SPDX-License-Identifier: MIT
import CLinux
import CSeccomp
import Glibc

/// The system calls left to a worker; every other answers EPERM.
///
/// Nothing here connects, executes or forks, and nothing opens but for fonts. There is no `stat` of a path: what
/// can be asked is when a file that is open was modified. Nor is the number of processors told: decoders that would start a thread for each then work on
/// the one they have.
enum SystemCallFilter {
    private static let allowed = [
        "read", "pread64", "write", "writev", "lseek", "fstat", "close", "recvmsg", "sendmsg",
        "brk", "munmap", "mremap", "madvise", "futex", "set_robust_list", "rseq",
        "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall",
        "clock_gettime", "clock_nanosleep", "nanosleep", "getrandom", "getpid", "gettid",
        "sched_yield", "exit", "exit_group",
    ]

    /// What else a worker may do with files.
    enum Reading {
        /// Read and write what it was given.
        case none

        /// Have libc ask for the size of what it was given, and copy it.
        case descriptors

        /// Open files for reading, which Landlock has to keep within bounds.
        case paths
    }

    /// Binds the filter to every thread of the process; `false` where it does not hold.
    static func load(_ reading: Reading) -> Bool {
        guard let filter = seccomp_init(answer(EPERM)) else { return false }
        defer { seccomp_release(filter) }
        let rules = allowed.map { Rule($0) } + conditional + rules(for: reading)
        return rules.allSatisfy { $0.add(to: filter) }
            && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0
            && seccomp_load(filter) == 0
    }

    private static var conditional: [Rule] {
        [
            // Memory that is written is never executed.
            Rule("mmap", where: argument(2, masked: UInt64(PROT_EXEC), is: 0)),
            Rule("mprotect", where: argument(2, masked: UInt64(PROT_EXEC), is: 0)),
            // Threads, not processes. The flags of clone3 are behind a pointer that no filter can follow, so libc is
            // told that there is none and falls back.
            Rule("clone", where: argument(0, masked: UInt64(CLINUX_CLONE_THREAD), is: UInt64(CLINUX_CLONE_THREAD))),
            Rule("clone3", action: answer(ENOSYS)),
            // A worker may end itself, and nobody else.
            Rule("tgkill", where: argument(0, masked: .max, is: UInt64(getpid()))),
            // The limit on processor time is raised for each request; no other can be.
            Rule(
                "prlimit64",
                where: argument(0, masked: .max, is: 0),
                argument(1, masked: .max, is: UInt64(RLIMIT_CPU.rawValue))
            ),
        ]
    }

    private static func rules(for reading: Reading) -> [Rule] {
        if reading == .none { return [] }
        let descriptors = [
            // How libc asks for a descriptor; that the path beside it is empty no filter can see.
            Rule("newfstatat", where: argument(3, masked: .max, is: UInt64(CLINUX_EMPTY_PATH))),
            Rule("fcntl", where: argument(1, masked: .max, is: UInt64(F_GETFL))),
            Rule("fcntl", where: argument(1, masked: .max, is: UInt64(F_DUPFD_CLOEXEC))),
            Rule("fcntl", where: argument(1, masked: .max, is: UInt64(F_SETFD))),
        ]
        if reading == .descriptors { return descriptors }
        let writing = UInt64(O_ACCMODE | O_CREAT | O_TRUNC)
        return descriptors + [Rule("openat", where: argument(2, masked: writing, is: UInt64(O_RDONLY)))]
    }

    private static func answer(_ code: Int32) -> UInt32 {
        0x0005_0000 | UInt32(code)
    }

    private static func argument(_ index: UInt32, masked mask: UInt64, is value: UInt64) -> scmp_arg_cmp {
        scmp_arg_cmp(arg: index, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value)
    }

    private struct Rule {
        let name: String
        let action: UInt32
        let conditions: [scmp_arg_cmp]

        init(_ name: String, action: UInt32 = SCMP_ACT_ALLOW, where conditions: scmp_arg_cmp...) {
            self.name = name
            self.action = action
            self.conditions = conditions
        }

        func add(to filter: scmp_filter_ctx) -> Bool {
            let number = seccomp_syscall_resolve_name(name)
            return seccomp_rule_add_array(filter, action, number, UInt32(conditions.count), conditions) == 0
        }
    }
}
