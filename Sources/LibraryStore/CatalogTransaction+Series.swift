// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
package import SystemPackage

extension CatalogTransaction {
    /// Puts every book below a directory into one series, which is made where there is none.
    ///
    /// For a directory that was moved to where the library's pattern has another series: comparing finds its books
    /// unchanged, so no scan that reads only what changed would put them there.
    ///
    /// - Returns: how many books were in another series.
    @discardableResult
    package func reassign(booksBelow directory: Int64, to series: FilePath, rootName: String) throws -> Int {
        let statement = try db.cachedStatement(
            sql: Database.subtree
                + "SELECT book.id, series_id, directory_id, name FROM book JOIN subtree ON subtree.id = directory_id"
        )
        let rows = try Row.fetchAll(statement, arguments: [directory])
        // Where there is no book, no series is to be made.
        guard !rows.isEmpty else { return 0 }
        let seriesID = try self.series(at: series, rootName: rootName)
        let strangers = rows.filter { $0[1] as Int64 != seriesID }
        for row in strangers {
            let id: Int64 = row[0]
            touchedSeries.formUnion([row[1], seriesID])
            try run(
                "UPDATE book SET series_id = ?, updated_at = ? WHERE id = ?",
                seriesID,
                instant.nanoseconds,
                id
            )
            let path = try db.path(ofDirectory: row[2]).appending(FileName(bytes: [UInt8](row[3] as Data)))
            items[.bookUpdated, default: []].append(EventItem(id: id, seriesID: seriesID, path: path.string))
        }
        report[.updatedMedia] += strangers.count
        return strangers.count
    }

    /// The series of a directory, made where there is none.
    func series(at path: FilePath, rootName: String) throws -> Int64 {
        let directoryID = try directory(at: path)
        let statement = try db.cachedStatement(sql: "SELECT id FROM series WHERE directory_id = ?")
        if let id = try Int64.fetchOne(statement, arguments: [directoryID]) { return id }
        let name = path.names.last?.text ?? rootName
        try run(
            "INSERT INTO series (id, library_id, directory_id, name, added_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
            try db.nextID(of: "series"),
            libraryID,
            directoryID,
            name,
            instant.nanoseconds,
            instant.nanoseconds
        )
        let id = db.lastInsertedRowID
        report[.createdSeries] += 1
        items[.seriesAdded, default: []].append(EventItem(id: id, path: path.string, name: name))
        return id
    }

    /// Keeps what the document about a series in a directory says; `nil` where there is none any more.
    ///
    /// Told where there is such a series, and what is known of it is another than before.
    package func keepSeriesDocument(_ facts: SidecarFacts?, _ digest: Int64, at directory: FilePath) throws {
        let id = try present(at: directory)
        let text = try facts.flatMap { $0.series.isEmpty ? nil : try MetadataDocument.text(of: $0.series) }
        let before = try String.fetchOne(
            db.cachedStatement(sql: "SELECT series_document FROM directory WHERE id = ?"),
            arguments: [id]
        )
        try run(
            "UPDATE directory SET series_document_digest = ?, series_document = ? WHERE id = ?",
            digest,
            text,
            id
        )
        let path = directory.appending(Sidecar.seriesDocument)
        try resolve(at: path)
        for finding in (facts?.findings ?? []).oneOfEachClass {
            try open(finding.problem, at: path, detail: "\(path): \(finding.detail)")
        }
        guard text != before else { return }
        let series = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT id, name FROM series WHERE directory_id = ?"),
            arguments: [id]
        )
        guard let series else { return }
        try run("UPDATE series SET updated_at = ? WHERE id = ?", instant.nanoseconds, series[0] as Int64)
        report[.updatedSeries] += 1
        items[.seriesUpdated, default: []].append(EventItem(id: series[0], path: directory.string, name: series[1]))
    }

    /// A series is missing when none of its books is present, and back with the first that is.
    func settleSeries() throws {
        defer { touchedSeries = [] }
        try followBooks()
        for id in touchedSeries.sorted() {
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT series.missing_since IS NOT NULL, series.name,
                            EXISTS (SELECT 1 FROM book WHERE series_id = series.id AND book.missing_since IS NULL),
                            library.name
                        FROM series JOIN library ON library.id = series.library_id WHERE series.id = ?
                        """
                ),
                arguments: [id]
            )
            guard let row, row[0] as Bool == row[2] as Bool else { continue }
            let isPresent: Bool = row[2]
            try run(
                "UPDATE series SET missing_since = ?, updated_at = ? WHERE id = ?",
                isPresent ? nil : instant.nanoseconds,
                instant.nanoseconds,
                id
            )
            report[.updatedSeries] += 1
            var item = EventItem(id: id, seriesID: nil, path: nil, name: row[1])
            // Where a book that went to this library was the last of another's.
            item.library = LibraryName(row[3])
            items[isPresent ? .seriesRestored : .seriesMissing, default: []].append(item)
        }
    }
}
