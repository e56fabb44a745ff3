// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@Suite("Every fault names the thing, the reason and what to type")
struct ControlFaultTests {
    @Test(arguments: [
        ControlFault.notRunning(socket: "/x.sock"), .refused(socket: "/x.sock"), .notPermitted(socket: "/x.sock"),
        .unreachable(socket: "/x.sock", reason: "why"), .timedOut(socket: "/x.sock", after: .seconds(3)),
        .hungUp(socket: "/x.sock"), .malformed(path: "/x.sock", reason: "why"), .pathTooLong(socket: "/x.sock"),
        .untrustedDirectory("/x.sock"), .otherRelease(path: "/x.sock", daemon: "9.9.9"),
    ])
    func `a fault names what it is about and offers a remedy`(fault: ControlFault) {
        #expect(fault.summary.contains("/x.sock"))
        #expect(fault.summary.contains(": "))
        #expect(fault.remedy?.isEmpty == false)
        #expect(!fault.code.contains(" "))
    }
}
