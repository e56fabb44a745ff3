// SPDX-License-Identifier: MIT

/// Which volumes are polled though their file system is known to tell everything, because they were caught.
///
/// No list of file systems is complete: a bind mount exported by NFS, a cluster's file system, a virtual machine's
/// share. Two changes within a day that no event had told of are evidence enough.
struct Distrust {
    static let limit = 2
    static let memory: Duration = .seconds(86_400)

    private var evidence: [Sweeps.Key: [ContinuousClock.Instant]] = [:]
    private var distrusted: Set<Sweeps.Key> = []

    func contains(_ volume: Sweeps.Key) -> Bool { distrusted.contains(volume) }

    /// Takes in a change that no event has told of; says whether the volume is distrusted because of it.
    mutating func note(_ volume: Sweeps.Key, at now: ContinuousClock.Instant) -> Bool {
        guard !distrusted.contains(volume) else { return false }
        let recent = evidence[volume, default: []].filter { now - $0 < Distrust.memory } + [now]
        evidence[volume] = recent
        guard recent.count >= Distrust.limit else { return false }
        evidence[volume] = nil
        distrusted.insert(volume)
        return true
    }
}
