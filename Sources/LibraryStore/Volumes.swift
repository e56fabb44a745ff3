// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import LibraryModel
import SystemPackage

extension LibraryStore {
    /// The volumes that a library lay on when they were last believed, in the order of their paths.
    package func volumes(of library: LibraryName) async throws -> [VolumeSighting] {
        try await pool.read { db in
            guard let id = try db.libraryID(library) else { return [] }
            return try db.volumes(of: id)
        }
    }
}

extension CatalogTransaction {
    /// Remembers the volumes that the library lies on, in place of those before; what is known already is not written.
    package func remember(_ sightings: [VolumeSighting]) throws {
        let sorted = sightings.sorted { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }
        if try sorted == db.volumes(of: libraryID) { return }
        try run("DELETE FROM volume WHERE library_id = ?", libraryID)
        for sighting in sorted {
            try run(
                "INSERT INTO volume (library_id, path, sighting) VALUES (?, ?, ?)",
                libraryID,
                Data(sighting.path.bytes),
                try JSONText.encode(sighting)
            )
        }
    }
}

extension Database {
    fileprivate func volumes(of library: Int64) throws -> [VolumeSighting] {
        try String.fetchAll(
            cachedStatement(sql: "SELECT sighting FROM volume WHERE library_id = ? ORDER BY path"),
            arguments: [library]
        ).map { try JSONText.decode(VolumeSighting.self, from: $0) }
    }
}
