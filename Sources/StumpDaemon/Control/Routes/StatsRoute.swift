// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird

struct StatsRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.stats) { _, _ in try .json(await state.statistics()) }
    }
}
