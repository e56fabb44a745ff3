// SPDX-License-Identifier: MIT
import LibraryModel
import SystemPackage

/// Has the workers read what stands beside the books of one directory.
struct SidecarDesk {
    let directory: FilePath
    let job: LibraryJob
    let services: JobServices
    let control: JobControl
    let unsettled: Unsettled

    /// What these say; nothing of one that is gone or being written, which is listed again.
    ///
    /// No gate holds them back: of one that is half written the rest is told by its next change.
    func facts(of sidecars: some Collection<Sidecar>) async -> [Sidecar: SidecarFacts] {
        if sidecars.isEmpty { return [:] }
        let files = await services.files.open(sidecars.map(\.name), in: directory, of: job.library)
        return await withTaskGroup(of: (Sidecar, SidecarFacts?).self) { group in
            for (sidecar, file) in zip(sidecars, files) {
                group.addTask { (sidecar, await self.facts(of: sidecar, in: file)) }
            }
            var all: [Sidecar: SidecarFacts] = [:]
            for await (sidecar, facts) in group {
                if facts == nil { unsettled.insert(directory) }
                all[sidecar] = facts
            }
            return all
        }
    }

    private func facts(of sidecar: Sidecar, in file: Result<OpenBook, ListingFault>) async -> SidecarFacts? {
        let open: OpenBook
        switch file {
        case .success(let file): open = file
        case .failure(let fault): return fault.finding.map { self.facts(finding: $0, of: sidecar) }
        }
        if open.stamp.differs(from: sidecar.stamp) { return nil }
        let outcome = await services.workers.result(
            of: .sidecar(sidecar.kind),
            promised: .epub,
            book: open,
            label: BookInFlight(job: job.id, library: job.library, path: directory.appending(sidecar.name)),
            isWanted: { [control] in !control.isStopped }
        )
        switch outcome {
        case .done(.sidecar(let facts)): return facts
        case .failed(let finding): return facts(finding: finding, of: sidecar)
        case .unavailable(let fault):
            control.fail(fault)
            return nil
        case .done, .changed, .withdrawn: return nil
        }
    }

    /// A book is not damaged by what stands beside it.
    private func facts(finding: Finding, of sidecar: Sidecar) -> SidecarFacts {
        var facts = SidecarFacts()
        facts.findings = [Finding(.metadataInvalid, "\(sidecar.name): \(finding.detail)")]
        return facts
    }
}
