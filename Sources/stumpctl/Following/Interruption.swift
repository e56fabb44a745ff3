// SPDX-License-Identifier: MIT
import Dispatch
import Glibc
import Synchronization

/// Ctrl-C, handed to a function instead of ending the program, until ``end()``; a second one ends the program.
struct Interruption {
    private let source: any DispatchSourceSignal

    init(_ body: @escaping @Sendable () -> Void) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        let count = Count()
        source.setEventHandler {
            if count.next() > 1 { Interruption.die() }
            body()
        }
        source.resume()
    }

    func end() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }

    private final class Count: Sendable {
        private let number = Mutex(0)

        func next() -> Int {
            number.withLock { number in
                number += 1
                return number
            }
        }
    }

    /// Ends the program as Ctrl-C would have, so that a shell stops its script as well.
    static func die() -> Never {
        signal(SIGINT, SIG_DFL)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        raise(SIGINT)
        exit(128 + SIGINT)
    }
}
