// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird

/// Whether the daemon can do its work: 200 when it can, 503 while it starts or stops.
struct HealthRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.health) { _, _ in
            let status = try await state.status()
            let isHealthy = state.phase.current == .ready
            let report = HealthReport(healthy: isHealthy, state: status.state, warnings: status.warnings)
            return try .json(report, status: isHealthy ? .ok : .serviceUnavailable)
        }
    }
}
