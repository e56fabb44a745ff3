// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird

struct StatusRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.status) { _, _ in try .json(await state.status()) }
    }
}
