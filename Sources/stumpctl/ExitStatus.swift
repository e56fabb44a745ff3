// SPDX-License-Identifier: MIT
import ControlAPI

/// How stumpctl ends, for scripts.
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    case unreachable = 10
    case notPermitted = 11
    case notFound = 12
    case wrongState = 13
    case timedOut = 14
    case jobFailed = 20
    case jobCancelled = 21
    case usage = 64
    case badConfiguration = 78
}

extension ExitStatus {
    init(_ fault: ControlFault) {
        switch fault {
        case .notRunning, .refused, .unreachable, .hungUp: self = .unreachable
        case .notPermitted, .untrustedDirectory: self = .notPermitted
        case .timedOut: self = .timedOut
        case .problem(let problem): self.init(problem)
        case .malformed, .otherRelease: self = .failed
        case .pathTooLong: self = .usage
        }
    }

    private init(_ problem: APIProblem) {
        switch (problem.code, problem.status) {
        case ("configuration_refused", _): self = .badConfiguration
        case (APIProblem.starting, _): self = .unreachable
        case ("root_offline", _): self = .jobFailed
        case (_, 400), (_, 422): self = .usage
        case (_, 401), (_, 403): self = .notPermitted
        case (_, 404): self = .notFound
        case (_, 409): self = .wrongState
        case (_, 408), (_, 504): self = .timedOut
        default: self = .failed
        }
    }
}
