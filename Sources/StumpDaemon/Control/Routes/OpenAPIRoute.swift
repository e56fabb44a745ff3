// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import NIOCore

struct OpenAPIRoute {
    func register(on router: Router<ControlServer.Context>) {
        router.on(.openAPI) { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: OpenAPIDocument.bytes))
            )
        }
    }
}
