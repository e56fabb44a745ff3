// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
package import SystemPackage

/// The directory `backups` beside a database.
///
/// Whatever ends in `.db` there was written whole, checked and forced to the disk before it got its name. Copies made
/// from time to time are kept apart from those made before a migration.
package struct Backups: Sendable {
    /// How many copies of each sort are kept.
    package static let kept = 7
    package static let keptOfMigrations = 2

    package let directory: FilePath

    package init(of database: FilePath) {
        directory = database.folder.appending("backups")
    }

    /// The newest copy that this version can use; `nil` where there is none.
    package var newest: FilePath? {
        let copies = (regular + ofMigrations).map { directory.appending($0) }
        let times = copies.map { $0.modified ?? (0, 0) }
        return zip(copies, times).sorted { $0.1 > $1.1 }.map(\.0).first { copy in
            (try? DatabaseCheck.inspect(copy, checking: false)) != nil
        }
    }

    /// Begins a copy that is called after an instant; where there is one of that second, after the next.
    func draft(at instant: Timestamp) throws(StoreFault) -> BackupDraft {
        var instant = instant
        while true {
            let target = directory.appending("stump-\(instant.compact).db")
            do {
                let draft = try draft(target)
                // Asked only now: another draft of this name may just have been kept.
                if !target.exists { return draft }
            } catch Errno.fileExists {
            } catch {
                throw .cannotBackUp(directory, reason: String(describing: error))
            }
            instant = Timestamp(nanoseconds: instant.nanoseconds + 1_000_000_000)
        }
    }

    /// Begins the copy before a migration; it takes the place of one of the same version.
    func draft(beforeMigrationFrom version: Int) throws(StoreFault) -> BackupDraft {
        do {
            return try draft(directory.appending("\(Backups.migration)\(version).db"))
        } catch {
            throw .cannotBackUp(directory, reason: String(describing: error))
        }
    }

    /// Removes what a crash left half-written; to be called while no copy is made.
    func clear() {
        for name in directory.entries where name.hasPrefix("stump-") && name.contains(BackupDraft.suffix) {
            try? directory.appending(name).remove()
        }
    }

    /// Removes the oldest beyond those that are kept, but never the one that was just made.
    ///
    /// That may be the oldest by its name, where the clock was set back.
    func prune(but latest: FilePath) {
        for (names, count) in [(regular, Backups.kept), (ofMigrations, Backups.keptOfMigrations)] {
            let others = names.filter { $0 != latest.lastComponent?.string }
            for name in others.dropFirst(count - (names.count - others.count)) {
                try? directory.appending(name).remove()
            }
        }
    }

    private static let migration = "stump-before-migration-from-"

    private func draft(_ target: FilePath) throws -> BackupDraft {
        if !directory.exists {
            try FileManager.default.createDirectory(
                atPath: directory.string,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            try directory.folder.synchronize()
        }
        return try BackupDraft(of: target)
    }

    /// The names of copies made from time to time, the newest first.
    private var regular: [String] {
        directory.entries.filter { name in
            // Of this form alone: whatever else somebody put there is not ours to remove.
            let time = name.dropFirst("stump-".count).dropLast(".db".count)
            return name == "stump-\(time).db" && time.utf8.count == 16 && time.dropFirst(8).first == "T"
                && time.last == "Z" && time.utf8.count { (48...57).contains($0) } == 14
        }
        .sorted(by: >)
    }

    /// The names of copies made before a migration, that of the latest version first.
    private var ofMigrations: [String] {
        directory.entries
            .compactMap { name -> (name: String, version: Int)? in
                let version = Int(name.dropFirst(Backups.migration.count).dropLast(".db".count))
                return version.flatMap { name == "\(Backups.migration)\($0).db" ? (name, $0) : nil }
            }
            .sorted { $0.version > $1.version }
            .map(\.name)
    }
}

extension Timestamp {
    /// UTC to the second, as in the name of a file: `20261124T010826Z`.
    var compact: String {
        String(rfc3339.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" }) + "Z"
    }
}
