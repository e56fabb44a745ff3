// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Backup: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the index into the state directory's backups.",
        discussion: "`stumpd --restore BACKUP` puts one back."
    )

    @OptionGroup var waiting: WaitOptions

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        let order = JobOrder(session: session, waits: waiting.isWanted, isSingle: true)
        try await order.run([ControlRequest(.backup)])
    }
}
