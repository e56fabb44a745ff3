// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird

struct VersionRoute {
    func register(on router: Router<ControlServer.Context>) {
        router.on(.version) { _, _ in try .json(VersionReport(version: Release.version)) }
    }
}
