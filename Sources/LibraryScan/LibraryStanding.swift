// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// What is known of the disks of one library, and the condition that follows from it.
struct LibraryStanding: Sendable {
    /// The volumes as they were when nothing was wrong with any of them; while they are the same there is nothing to ask.
    private(set) var trusted: [VolumeSighting]?
    private(set) var volumes = VolumeReview.Outcome()

    /// Why the volumes could not be told at the last attempt.
    private var rootFault: String?

    /// Why the root cannot be listed, whatever its volume is.
    private(set) var listingFault: String?

    /// Losses that wait for a person's word.
    var heldLosses = 0

    /// How many checks were begun, and which is the last whose result stands.
    private var begun = 0
    private var ended = 0

    var isFirstCheck: Bool { ended == 0 }

    var condition: LibraryCondition {
        if let reason = rootFault ?? volumes.rootFault ?? listingFault { return .offline(reason) }
        var doubts = volumes.gone.sorted { $0.key.string < $1.key.string }
            .map { "the volume \($0.key) is offline: \($0.value)" }
        doubts += [volumes.doubt].compactMap { $0 }
        if heldLosses > 0 { doubts.append("\(heldLosses) losses are held until they are confirmed") }
        return doubts.isEmpty ? .online : .suspect(doubts.joined(separator: "; "))
    }

    /// Gives the number under which the check's result is to be noted.
    mutating func beginCheck() -> Int {
        begun += 1
        return begun
    }

    /// Takes in what a check found, unless a later one has ended before; `outcome` is `nil` where nothing was compared.
    ///
    /// - Returns: whether it counts.
    mutating func endCheck(
        _ number: Int,
        _ sighting: Result<[VolumeSighting], ListingFault>,
        _ outcome: VolumeReview.Outcome?
    ) -> Bool {
        guard number > ended else { return false }
        ended = number
        switch sighting {
        case .success(let seen):
            (rootFault, listingFault) = (nil, nil)
            guard let outcome else { return true }
            volumes = outcome
            trusted = outcome.isFlawless ? seen : nil
        case .failure(let fault):
            rootFault = fault.summary
            trusted = nil
        }
        return true
    }

    /// Takes what is there for what should be there.
    mutating func adopt(_ seen: [VolumeSighting]) {
        volumes = VolumeReview.Outcome()
        trusted = seen
        rootFault = nil
    }

    mutating func note(listingFault reason: String) {
        listingFault = reason
    }
}
