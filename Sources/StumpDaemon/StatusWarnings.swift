// SPDX-License-Identifier: MIT
import ControlAPI
import LibraryModel
import LibraryScan
import LibraryWatch
import SystemPackage

/// What a person should know of, and what to type; empty while all is well.
struct StatusWarnings {
    private let libraries: [LibrarySummary]
    private let watch: WatchFigures
    private let pool: WorkerPool.Figures

    /// Why nothing can be written.
    private let stall: String?

    /// The libraries in which nothing can be converted, and why.
    private let readOnly: [LibraryName: WritingFault]

    /// Whether the unit hides what lies at a path.
    private let isHidden: (FilePath) -> Bool

    init(
        _ libraries: [LibrarySummary],
        _ watch: WatchFigures,
        _ pool: WorkerPool.Figures,
        stall: String? = nil,
        readOnly: [LibraryName: WritingFault] = [:],
        isHidden: @escaping (FilePath) -> Bool = { _ in false }
    ) {
        (self.libraries, self.watch, self.pool) = (libraries, watch, pool)
        (self.stall, self.readOnly, self.isHidden) = (stall, readOnly, isHidden)
    }

    var all: [Warning] {
        noLibrary + standstill + libraries.flatMap { disk(of: $0) + losses(of: $0) + writing(in: $0) } + queue + limit
            + sandbox
    }

    private var noLibrary: [Warning] {
        guard libraries.isEmpty else { return [] }
        return [
            Warning(
                code: "no_library",
                detail: "no library is configured",
                hint: "Write a [[library]] with `name` and `root` into stumpd.toml, then type `stumpctl reload`."
            )
        ]
    }

    private var standstill: [Warning] {
        guard let stall else { return [] }
        return [
            Warning(
                code: "queue_stalled",
                detail: "no job runs: \(stall)",
                hint:
                    "Take away what stands in the way: free space, or make it writable; stumpd then goes on by itself."
            )
        ]
    }

    private func disk(of library: LibrarySummary) -> [Warning] {
        guard library.state == "offline" || library.state == "suspect" && library.heldLosses == 0 else { return [] }
        let root = FilePath(library.root)
        let fault = ListingFault.rootOffline(root, reason: "")
        if library.state == "offline", isHidden(root) {
            return [
                Warning(
                    code: "root_hidden",
                    detail: "library \(library.name): stumpd's unit hides \(library.root)",
                    hint: HiddenHome.remedy(for: root)
                )
            ]
        }
        return [
            Warning(
                code: library.state == "offline" ? "root_offline" : "library_suspect",
                detail: "library \(library.name): \(library.detail ?? fault.summary)",
                hint: library.state == "offline" ? fault.remedy : "Mount what is missing; until then nothing is lost."
            )
        ]
    }

    private func losses(of library: LibrarySummary) -> [Warning] {
        guard library.heldLosses > 0 else { return [] }
        return [
            Warning(
                code: "losses_held",
                detail:
                    "library \(library.name): \(library.heldLosses) books were not found; they are kept as they were",
                hint: "If they are really gone: `stumpctl missing accept --library \(library.name)`."
            )
        ]
    }

    private func writing(in library: LibrarySummary) -> [Warning] {
        guard let name = LibraryName(library.name), let fault = readOnly[name] else { return [] }
        return [
            Warning(
                code: "library_read_only",
                detail: "library \(library.name): books are not converted: \(fault.summary)",
                hint: WritingFault.remedy(forReadOnly: FilePath(library.root))
            )
        ]
    }

    private var queue: [Warning] {
        guard !watch.hasQueue else { return [] }
        let fault = WatchFault.instancesUsedUp
        return [Warning(code: fault.code, detail: "everything is polled: \(fault.summary)", hint: fault.remedy)]
    }

    private var limit: [Warning] {
        let refused = watch.libraries.values.reduce(0) { $0 + $1.refused }
        guard refused > 0, watch.hasQueue else { return [] }
        let watched = watch.libraries.values.reduce(0) { $0 + $1.watched }
        let limit = watch.limit.map { " of \($0)" } ?? ""
        return [
            Warning(
                code: "watch_limit",
                detail:
                    "watching \(watched) of \(watched + refused) directories, the remainder is polled: "
                    + "the kernel's limit\(limit) watches is reached",
                hint: ProblemClass.watchLimit.hint
            )
        ]
    }

    private var sandbox: [Warning] {
        guard let sandbox = pool.sandbox, !sandbox.landlock || !sandbox.seccomp else { return [] }
        return [
            Warning(
                code: "sandbox_degraded",
                detail: sandbox.landlock
                    ? "the kernel gives workers no seccomp"
                    : "the kernel gives workers no Landlock; pages of PDF are not drawn",
                hint: "Use a kernel with Landlock and seccomp (Debian's has both)."
            )
        ]
    }
}
