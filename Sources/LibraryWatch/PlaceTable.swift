// SPDX-License-Identifier: MIT
import LibraryModel

/// Where all libraries lie: by their names, and those that are watched by their numbers in the tree.
struct PlaceTable {
    private var byName: [LibraryName: LibraryPlace] = [:]

    /// `nil` where the library is watched no more; a number is given once.
    private var byNumber: [LibraryPlace?] = []

    subscript(name: LibraryName) -> LibraryPlace? { byName[name] }

    func place(numbered number: Int) -> LibraryPlace? { byNumber[number] }

    /// The places of the libraries that are watched, in the order of their numbers.
    var watched: [LibraryPlace] { byNumber.compactMap(\.self) }

    /// Adds a library of a new name; its number is the next one in the tree, where it is watched.
    @discardableResult
    mutating func add(
        _ library: LibrarySettings,
        makeLane: @escaping @Sendable (String) -> Lane
    ) -> LibraryPlace {
        let number = library.watch == .off ? nil : byNumber.count
        let place = LibraryPlace(library, number: number, makeLane: makeLane)
        byName[library.name] = place
        if number != nil { byNumber.append(place) }
        return place
    }

    /// Takes a library out, and gives its place.
    mutating func remove(_ name: LibraryName) -> LibraryPlace? {
        let place = byName.removeValue(forKey: name)
        if let number = place?.number { byNumber[number] = nil }
        return place
    }
}
