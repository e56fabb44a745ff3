// SPDX-License-Identifier: MIT
import LibraryModel
import Support
import Synchronization
import SystemPackage
import Testing

@testable import LibraryScan
@testable import LibraryStore

@Suite("Whatever a conversion meets, the library is as before or as after", .timeLimit(.minutes(5)))
struct ConversionFaultTests {
    private let rar = ConversionBench.rar()

    /// One step that goes wrong, at its n-th time; whether that is an error, or the end of the daemon there and then.
    struct Fault: Sendable, CustomTestStringConvertible {
        var step: DiskFiles.WritingStep
        var isEnd: Bool

        var testDescription: String { "\(isEnd ? "the end" : "an error") at \(step)" }

        static var all: [Fault] {
            DiskFiles.WritingStep.allCases.flatMap { step in [true, false].map { Fault(step: step, isEnd: $0) } }
        }
    }

    /// Checks that the book is whole, once, under one of its names, and that nothing else is there.
    private func check(_ library: ConversionBench, _ originals: ConversionSettings.Originals) async throws {
        #expect(try await library.isSettled())
        let books = try await library.bench.books()
        #expect(books.count == 1 && books.values.allSatisfy { $0.id == 1 && $0.state == .ready && $0.pages == 3 })
        let names = library.names("S")
        #expect(!names.contains { $0.hasSuffix(".tmp") }, "\(names)")
        if try await library.bench.book("S/1.cbr") != nil {
            #expect(names == ["1.cbr"] && library.bytes("S/1.cbr") == rar)
        } else {
            #expect(try await library.bench.book("S/1.cbz") != nil)
            switch originals {
            case .retain: #expect(library.bytes("S/.stump-originals/1.cbr") == rar && names.count == 2)
            case .keep: #expect(library.bytes("S/1.cbr") == rar && names.count == 2)
            case .remove: #expect(names == ["1.cbz"])
            }
        }
    }

    @Test(arguments: Fault.all, [ConversionSettings.Originals.retain, .keep, .remove])
    func `a conversion that meets it comes to its end the next time`(
        fault: Fault,
        originals: ConversionSettings.Originals
    ) async throws {
        var library = try await ConversionBench(originals)
        try library.write("S/1.cbr", rar)
        let isFirst = Mutex(true)
        library.bench.files.onWriting { step throws(WritingFault) in
            guard step == fault.step else { return }
            // After an end nothing more is done; an error is met once.
            let fails = isFirst.withLock { first in
                defer { first = false }
                return first
            }
            if fails || fault.isEnd { throw .failed("S", errno: 5, reason: "a test's own") }
        }
        if fault.isEnd {
            library.bench.files.onWriting { step throws(WritingFault) in
                if isFirst.withLock({ first in
                    if step == fault.step { first = false }
                    return !first
                }) {
                    throw .failed("S", errno: 5, reason: "a test's own end")
                }
            }
        }
        try await library.scan()
        library.bench.files.onWriting(nil)
        library = try await library.reopened(originals)
        try await library.scan()
        try await check(library, originals)
        #expect(try await library.bench.book("S/1.cbz") != nil, "in the end it is converted")
    }

    @Test(arguments: Fault.all, [ConversionSettings.Originals.retain, .keep])
    func `an undoing that meets it leaves the book whole, one way or the other`(
        fault: Fault,
        originals: ConversionSettings.Originals
    ) async throws {
        var library = try await ConversionBench(originals)
        try library.write("S/1.cbr", rar)
        try await library.scan()
        let hasEnded = Mutex(false)
        library.bench.files.onWriting { step throws(WritingFault) in
            let fails = hasEnded.withLock { ended in
                if step == fault.step, !ended {
                    ended = true
                    return true
                }
                return ended && fault.isEnd
            }
            if fails { throw .failed("S", errno: 5, reason: "a test's own") }
        }
        _ = try await library.wish(1, isUndo: true)
        library.bench.files.onWriting(nil)
        library = try await library.reopened(originals)
        try await library.scan()
        try await check(library, originals)
    }

    @Test func `a source that changes while it is converted is left as it is`() async throws {
        let library = try await ConversionBench()
        try library.write("S/1.cbr", rar)
        let other = ConversionBench.rar(9)
        library.bench.files.onWriting { [bench = library.bench] step throws(WritingFault) in
            guard step == .finish else { return }
            do { try bench.write("S/1.cbr", other) } catch { throw .absent("S") }
        }
        try await library.scan()
        #expect(library.names("S") == ["1.cbr"] && library.bytes("S/1.cbr") == other)
        #expect(try await library.isSettled())
    }

    @Test func `a result's name that is taken at the last moment stays with who took it`() async throws {
        let library = try await ConversionBench()
        try library.write("S/1.cbr", rar)
        library.bench.files.onWriting { [bench = library.bench] step throws(WritingFault) in
            guard step == .rename else { return }
            do { try bench.write("S/1.cbz", [7]) } catch { throw .absent("S") }
        }
        try await library.scan()
        #expect(library.names("S") == ["1.cbr", "1.cbz"] && library.bytes("S/1.cbz") == [7])
        #expect(library.bytes("S/1.cbr") == rar)
        #expect(try await library.isSettled())
    }

    @Test func `an original that is replaced right after the result has its place is a book of its own`() async throws {
        let library = try await ConversionBench(.remove)
        try library.write("S/1.cbr", rar)
        let other = ConversionBench.rar(9)
        let isFirst = Mutex(true)
        library.bench.files.onWriting { [bench = library.bench] step throws(WritingFault) in
            guard step == .renamed,
                isFirst.withLock({ first in
                    defer { first = false }
                    return first
                })
            else { return }
            do { try bench.write("S/1.cbr", other) } catch { throw .absent("S") }
        }
        try await library.scan()
        #expect(library.bytes("S/1.cbr") == other && library.bytes("S/1.cbz") != nil)
        #expect(library.bench.files.marked == ["S"])
        #expect(try await library.originals().map(\.state) == [.lost])
    }
}
