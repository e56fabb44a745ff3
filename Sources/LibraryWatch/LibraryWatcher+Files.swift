// SPDX-License-Identifier: MIT
package import LibraryModel
import Logging
import Synchronization
package import SystemPackage

extension LibraryWatcher: LibraryFiles {
    package func list(_ directory: FilePath, of library: LibraryName) async throws(ListingFault) -> Listing {
        let place = try place(of: library)
        return try await run(on: place.volume(of: directory).lane, for: place) { () throws(ListingFault) in
            try self.listNow(directory, of: place)
        }
    }

    package func open(
        _ names: [FileName],
        in directory: FilePath,
        of library: LibraryName
    ) async -> [Result<OpenBook, ListingFault>] {
        do throws(ListingFault) {
            let place = try place(of: library)
            let volume = place.volume(of: directory)
            return try await run(on: volume.lane, for: place) { () throws(ListingFault) in
                let opened = try OpenDirectory(directory, below: place.root)
                return names.map { name in
                    Result { () throws(ListingFault) in try opened.open(name, on: volume.trust) }
                }
            }
        } catch {
            return names.map { _ in .failure(error) }
        }
    }

    package func stamp(of directory: FilePath, in library: LibraryName) async throws(ListingFault) -> DirectoryStamp {
        let place = try place(of: library)
        return try await run(on: place.volume(of: directory).lane, for: place) { () throws(ListingFault) in
            try OpenDirectory(directory, below: place.root).stamp()
        }
    }

    package func confirm(
        _ directory: FilePath,
        _ stamp: DirectoryStamp?,
        _ digest: ListingDigest,
        of library: LibraryName
    ) {
        guard let number = knownPlace(of: library)?.number else { return }
        let sight = DirectoryTree.Sight(stamp: stamp, digest: digest)
        state.withLock { $0.confirm(sight, at: directory, of: number) }
    }

    package func isConfigured(_ library: LibraryName) -> Bool { knownPlace(of: library) != nil }

    package func presence(of files: [FilePath], in library: LibraryName) async -> [FilePresence] {
        guard let place = knownPlace(of: library) else { return files.map { _ in .unknown } }
        var presences: [FilePresence] = []
        var rest = files[...]
        while let first = rest.first {
            // Books of one directory mostly come together, and are asked for through one descriptor of it.
            let directory = first.removingLastComponent()
            let part = rest.prefix { $0.removingLastComponent() == directory }
            rest = rest.dropFirst(part.count)
            let names = part.map { $0.names.last ?? FileName("") }
            let found = try? await place.volume(of: directory).lane.run {
                OpenDirectory.presence(of: names, in: directory, below: place.root)
            }
            presences += found ?? names.map { _ in .unknown }
        }
        return presences
    }

    // MARK: Inside

    func place(of library: LibraryName) throws(ListingFault) -> LibraryPlace {
        guard let place = knownPlace(of: library) else {
            throw .rootOffline(FilePath(library.text), reason: "there is no library of this name")
        }
        return place
    }

    /// Does work on a lane; one that does not answer is as good as a disk that is not there.
    func run<Value: Sendable>(
        on lane: Lane,
        for place: LibraryPlace,
        _ work: @escaping @Sendable () throws(ListingFault) -> Value
    ) async throws(ListingFault) -> Value {
        let outcome: Result<Value, ListingFault>
        do throws(Lane.Silence) {
            outcome = try await lane.run { Result { () throws(ListingFault) in try work() } }
        } catch {
            throw .rootOffline(place.root, reason: "its disk or server does not answer")
        }
        return try outcome.get()
    }

    private func listNow(_ directory: FilePath, of place: LibraryPlace) throws(ListingFault) -> Listing {
        let trust = place.volume(of: directory).trust
        var rules = IgnoreRules(place.ignore)
        guard let library = place.number else {
            return try OpenDirectory(directory, below: place.root, &rules).list(on: trust, rules)
        }
        do {
            let opened = try OpenDirectory(directory, below: place.root, &rules)
            let start = watch(opened.descriptor, as: directory, of: place, library)
            var listing = try opened.list(on: trust, rules)
            let remembrance = state.withLock { state in
                let remembrance = state.remember(listing, at: directory, of: library, since: start)
                end(remembrance.ended)
                return remembrance
            }
            if remembrance.isSuspicious { collectEvidence() }
            listing.unseen = remembrance.unseen
            return listing
        } catch {
            switch error {
            case .absent, .wrongKind, .ignored: state.withLock { end($0.drop(directory, of: library)) }
            case .denied: state.withLock { end($0.watch(directory, of: library, by: .denied)) }
            case .rootOffline, .failed: break
            }
            throw error
        }
    }

    /// Watches a directory that is about to be listed, and says how often dirt was handed over before.
    private func watch(
        _ descriptor: Int32,
        as directory: FilePath,
        of place: LibraryPlace,
        _ library: Int
    ) -> Int {
        let (isRefused, handOvers) = state.withLock { state in
            // Who lists for a library that is watched no more lists all the same.
            if state.isRetired(library) { return (false, state.handOvers) }
            let node = state.tree.node(at: directory, of: library)
            let watching = watching(state, of: node, in: place) { $0.add(descriptor) }
            end(state.watch(directory, of: library, by: watching))
            if watching == .refused, state.table.count(of: library).refused == 1 { state.nudge() }
            return (watching == .refused, state.handOvers)
        }
        announce()
        if isRefused { planSweeps(of: place, at: .now) }
        return handOvers
    }

    /// Counts, once all events up to now are read, the changes that none of them told of.
    private func collectEvidence() {
        cookies.afterEvents { outcome in
            guard case .success = outcome, self.inotify.isOpen else { return }
            let proved = self.state.withLock { state in
                state.takeEvidence().filter { state.tree.isAlive($0) }
                    .map { (library: state.tree.library(of: $0), path: state.tree.path(of: $0)) }
            }
            for (library, path) in proved {
                guard let place = self.places.withLock({ $0.place(numbered: library) }) else { continue }
                self.noteEvidence(path, of: place, library)
            }
        }
    }

    private func noteEvidence(_ path: FilePath, of place: LibraryPlace, _ library: Int) {
        let volume = place.volume(of: path)
        let key = Sweeps.Key(library: library, mount: volume.mount)
        guard distrust.withLock({ $0.note(key, at: .now) }) else { return }
        logger.notice(
            "Changes were found that the kernel had not told of; this volume is polled from now on",
            metadata: ["library": "\(place.name)", "path": "\(path)", "file_system": "\(volume.fileSystem)"]
        )
        planSweeps(of: place, at: .now)
    }
}
