// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
import LibraryModel
import SystemPackage

/// How a series keeps its id where its folder's row could not be followed: to another file system or another library.
extension CatalogTransaction {
    /// Has each series that all its books have left take the place of the one they went to.
    ///
    /// Where that is one, and as young as the move, and most of its books are older than itself, so that they came from
    /// elsewhere. What is still missing of the old series stays with it.
    func followBooks() throws {
        defer { seriesLeft = [:] }
        for (old, targets) in seriesLeft.sorted(by: { $0.key < $1.key }) {
            guard let new = targets.first, targets.count == 1, try isEmpty(old), try isMadeByMoving(new) else {
                continue
            }
            try replace(new, by: old)
        }
    }

    private func isEmpty(_ series: Int64) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM series WHERE id = ?1)
                    AND NOT EXISTS (SELECT 1 FROM book WHERE series_id = ?1 AND missing_since IS NULL)
                """
        )
        return try Bool.fetchOne(statement, arguments: [series]) == true
    }

    private func isMadeByMoving(_ series: Int64) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: """
                SELECT 1 FROM series JOIN book ON series_id = series.id
                WHERE series.id = ? AND series.added_at >= ?
                GROUP BY series.id HAVING sum(book.added_at < series.added_at) * 2 > count(*)
                """
        )
        let since = (instant + BookMatch.youth * -1).nanoseconds
        return try Int.fetchOne(statement, arguments: [series, since]) != nil
    }

    private func replace(_ new: Int64, by old: Int64) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT series.library_id, directory_id, series.name FROM series WHERE id = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [new]) else { return }
        let path = try db.path(ofDirectory: row[1])
        let name: String = row[2]
        try run("UPDATE book SET series_id = ? WHERE series_id = ?", old, new)
        try run("DELETE FROM series WHERE id = ?", new)
        try run(
            "UPDATE series SET library_id = ?, directory_id = ?, name = ?, updated_at = ? WHERE id = ?",
            row[0] as Int64,
            row[1] as Int64,
            name,
            instant.nanoseconds,
            old
        )
        touchedSeries.remove(new)
        report[.updatedSeries] += 1
        let owner = try String.fetchOne(
            db.cachedStatement(sql: "SELECT name FROM library WHERE id = ?"),
            arguments: [row[0] as Int64]
        )
        var item = EventItem(id: old, path: path.string, name: name)
        item.library = owner.flatMap(LibraryName.init)
        items[.seriesUpdated, default: []].append(item)
        item.id = new
        item.sameAs = old
        forgetNews(of: new, insteadOf: item)
    }

    /// What this transaction was about to tell of a series is told of the one that took its place.
    private func forgetNews(of new: Int64, insteadOf item: EventItem) {
        let isUntold = items[.seriesAdded]?.contains { $0.id == new } == true
        items[.seriesAdded]?.removeAll { $0.id == new }
        for type in items.keys {
            for index in items[type, default: []].indices where items[type]?[index].seriesID == new {
                items[type]?[index].seriesID = item.sameAs
            }
        }
        if isUntold {
            report[.createdSeries] -= 1
        } else {
            items[.seriesRemoved, default: []].append(item)
        }
    }
}
