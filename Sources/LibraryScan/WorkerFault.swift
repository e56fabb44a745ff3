// SPDX-License-Identifier: MIT
import LibraryModel
package import SystemPackage

/// Why there is no worker.
package enum WorkerFault: Fault, Equatable {
    case cannotStart(FilePath, reason: String)

    package var code: String { "worker_unavailable" }

    package var summary: String {
        switch self {
        case .cannotStart(let program, let reason): "the worker \(program) does not start: \(reason)"
        }
    }

    package var remedy: String? {
        switch self {
        case .cannotStart(let program, _): "Run `ldd \(program)` to see whether a library is missing."
        }
    }
}
