// SPDX-License-Identifier: MIT
import LibraryStore
import Logging
import ServiceLifecycle
import SystemPackage

/// Ends the daemon when the database turns out to be damaged, and looks for that where the start did not.
struct DatabaseCare: Service {
    let store: LibraryStore
    let database: FilePath
    let logger: Logger

    func run() async throws {
        let damages = store.damageSignal.raised()
        // A stop is not kept waiting by a check: that is still owed then.
        try await cancelWhenGracefulShutdown {
            try await fillSearch()
            if store.owesCheck { try await check() }
            for await _ in damages {
                throw DatabaseFault(
                    .damaged(database, reason: "a transaction met a page that is not what it was"),
                    database
                )
            }
        }
    }

    /// What a migration left to be done: until then a search does not find all.
    private func fillSearch() async throws {
        do {
            let count = try await store.fillSearch()
            if count == 0 { return }
            logger.info("The search knows all books now", metadata: ["rows": "\(count)", "event": "search.filled"])
        } catch is CancellationError {
            return
        } catch  where !StoreFault.isDamage(error) {
            logger.warning(
                "The search does not know all books yet; each scan and the next start go on with it",
                metadata: ["reason": "\(error)", "event": "search.not_filled"]
            )
        }
    }

    private func check() async throws {
        logger.notice(
            "Checking the database in the background after an unclean stop",
            metadata: ["path": "\(database)", "event": "database.checking"]
        )
        let findings: [String]
        do {
            findings = try await store.checkAfterUncleanStop()
        } catch is CancellationError {
            return
        } catch  where !StoreFault.isDamage(error) {
            logger.warning(
                "The database cannot be checked; the next start tries again",
                metadata: ["reason": "\(error)", "event": "database.check_failed"]
            )
            return
        }
        if let finding = findings.first { throw DatabaseFault(.damaged(database, reason: finding), database) }
        logger.info("The database is whole", metadata: ["event": "database.checked"])
    }
}
