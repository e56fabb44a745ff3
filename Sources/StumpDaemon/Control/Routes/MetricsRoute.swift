// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import NIOCore

struct MetricsRoute {
    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.metrics) { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: PrometheusText.mediaType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: try await state.metrics()))
            )
        }
    }
}
