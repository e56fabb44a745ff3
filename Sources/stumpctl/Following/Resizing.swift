// SPDX-License-Identifier: MIT
import Dispatch
import Glibc

/// Calls a function whenever the terminal gets another size, until ``end()``.
struct Resizing {
    private let source: any DispatchSourceSignal

    init(_ body: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: .global())
        source.setEventHandler(handler: body)
        source.resume()
    }

    func end() {
        source.cancel()
    }
}
