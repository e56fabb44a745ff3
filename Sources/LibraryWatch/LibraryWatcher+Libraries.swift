// SPDX-License-Identifier: MIT
package import LibraryModel
import Synchronization

/// Which libraries there are, and has others be there while the daemon runs.
extension LibraryWatcher {
    /// Takes libraries out, and puts others in; those in neither list are not disturbed.
    ///
    /// To be called while nobody scans or looks through one of them. A library that comes is watched when it was looked
    /// through: ``restore(_:)`` what is known of it, then ``resync(_:)``.
    package func exchange(_ gone: [LibraryName], for new: [LibrarySettings]) {
        for name in gone {
            guard let number = places.withLock({ $0.remove(name) })?.number else { continue }
            state.withLock { end($0.retire(number)) }
            sweeps.withLock { $0.forget(number) }
        }
        for library in new {
            // One lock inside the other, so that a number means the same in both.
            places.withLock { places in
                let place = places.add(library) { [watchdog] in watchdog.lane($0) }
                guard place.number != nil else { return }
                let number = state.withLock { $0.add(library.name) }
                precondition(number == place.number, "library \(library.name) is \(number) in the tree")
            }
        }
        announce()
        wake.give()
    }

    /// Changes the least time between two looks at what is polled.
    package func setPollInterval(_ interval: Duration) {
        sweeps.withLock { $0.setInterval(interval, at: .now) }
        wake.give()
    }

    func knownPlace(of library: LibraryName) -> LibraryPlace? { places.withLock { $0[library] } }

    /// The places of the libraries that are watched.
    var watched: [LibraryPlace] { places.withLock { $0.watched } }

    /// The numbers in the tree of the libraries that are watched.
    var watchedNumbers: [Int] { watched.compactMap(\.number) }
}
