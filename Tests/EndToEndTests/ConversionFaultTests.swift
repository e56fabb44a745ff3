// SPDX-License-Identifier: MIT
import ControlAPI
import FoundationEssentials
import Glibc
import Support
import SystemPackage
import Testing

/// Short here; `make fault-conversion` meets every fault point, and `SEED=n RUNS=8` others of them than the short form.
@Suite("A conversion that meets a fault loses no byte of a book", .asRoot, .with("strace"), .with("sqlite3"))
struct ConversionFaultTests {
    @Test func `the library is as before or as after, with every page and every id`() async throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["FAULT_SEED"].flatMap { UInt64($0) } ?? 1
        let faults =
            environment["FAULT_RUNS"] == "all"
            ? ConversionFault.all
            : ConversionFault.some(environment["FAULT_RUNS"].flatMap { Int($0) } ?? 6, seed: seed)
        var met = 0
        for (index, fault) in faults.enumerated() {
            let round = ConversionRound(fault: fault)
            let verdict: Verdict
            do {
                let (judged, isMet) = try await round.run()
                verdict = judged
                if isMet { met += 1 }
            } catch {
                Issue.record("the round ended with \(error) (\(fault))")
                continue
            }
            for complaint in verdict.complaints { Issue.record("\(complaint) (\(fault))") }
            if faults.count > 20, index % 20 == 19 {
                print("fault-conversion: \(index + 1) of \(faults.count), \(met) met")
            }
        }
        if faults.count > 20 {
            print("fault-conversion: \(faults.count) fault points, \(met) of them met a conversion")
        }
        // Else nothing was tried.
        if faults.count > 20 { #expect(met > faults.count / 4) }
    }
}
