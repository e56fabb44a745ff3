// SPDX-License-Identifier: MIT
package import LibraryModel
import Synchronization
import SystemPackage

/// Who writes into which library right now, and which libraries cannot be written.
///
/// What an earlier run has left open is seen to before a scan as well as by a conversion; never by both at once, for one
/// would take what the other has in hand for left behind.
package actor ConversionDesk {
    /// Libraries, or parts of them, that were found to be read-only, and where; told once each.
    private nonisolated let refusals = Mutex<[LibraryName: (directory: FilePath, fault: WritingFault)]>([:])
    private var busy: Set<LibraryName> = []
    private var waiters: [LibraryName: [CheckedContinuation<Void, Never>]] = [:]

    package init() {}

    /// Waits for a library to be free, and takes it.
    func enter(_ library: LibraryName) async {
        while busy.contains(library) {
            await withCheckedContinuation { waiters[library, default: []].append($0) }
        }
        busy.insert(library)
    }

    /// Takes a library where it is free.
    func tryEnter(_ library: LibraryName) -> Bool {
        busy.insert(library).inserted
    }

    func leave(_ library: LibraryName) {
        busy.remove(library)
        for waiter in waiters.removeValue(forKey: library) ?? [] { waiter.resume() }
    }

    // MARK: Read-only libraries

    /// Why each library that cannot be written cannot be.
    package nonisolated var readOnly: [LibraryName: WritingFault] { refusals.withLock { $0.mapValues(\.fault) } }

    /// Notes that a directory cannot be written; says whether nothing of that kind was known of the library.
    nonisolated func note(_ fault: WritingFault, in directory: FilePath, of library: LibraryName) -> Bool {
        refusals.withLock { refusals in
            if refusals[library] != nil { return false }
            refusals[library] = (directory, fault)
            return true
        }
    }

    /// Where something could not be written in a library, to be tried again.
    nonisolated func refusedDirectory(of library: LibraryName) -> FilePath? {
        refusals.withLock { $0[library]?.directory }
    }

    /// Forgets what was found of a library that is not there any more, or lies elsewhere now.
    package nonisolated func forget(_ library: LibraryName) {
        refusals.withLock { $0[library] = nil }
    }

    /// Notes that a directory of a library can be written; says whether that is news.
    @discardableResult
    nonisolated func noteWritable(_ directory: FilePath, of library: LibraryName) -> Bool {
        refusals.withLock { refusals in
            guard refusals[library]?.directory == directory else { return false }
            refusals[library] = nil
            return true
        }
    }
}
