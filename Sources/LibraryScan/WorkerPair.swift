// SPDX-License-Identifier: MIT
import LibraryModel

/// The workers of one thread of the pool: of each profile at most one.
struct WorkerPair: ~Copyable {
    private var archives: WorkerProcess?
    private var pdf: WorkerProcess?
    private var served: [WorkerProfile: Int] = [:]

    /// How many requests the present worker has had.
    func served(_ profile: WorkerProfile) -> Int {
        served[profile] ?? 0
    }

    /// Gives the worker away, if there is one.
    mutating func take(_ profile: WorkerProfile) -> WorkerProcess? {
        switch profile {
        case .archives: archives.take()
        case .pdf: pdf.take()
        }
    }

    /// Gives a worker away that is to have a successor.
    mutating func retire(_ profile: WorkerProfile) -> WorkerProcess? {
        served[profile] = 0
        return take(profile)
    }

    /// Keeps a worker that has served so many requests more.
    mutating func put(_ worker: consuming WorkerProcess?, _ profile: WorkerProfile, served count: Int) {
        served[profile, default: 0] += count
        switch profile {
        case .archives: archives = worker
        case .pdf: pdf = worker
        }
    }
}
