// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel
import Support
import Testing

@testable import MediaReading

/// A book's conversion and its comparison, the one by one worker and the other by another.
struct ConvertedBook: CustomTestStringConvertible {
    let converted: WorkReport.Outcome

    /// `nil` where there is nothing to compare.
    let compared: WorkReport.Outcome?

    /// The ZIP, or what there is of it.
    let bytes: [UInt8]

    /// Here, behind no walls, where names are ASCII.
    init(_ original: [UInt8], room: Int64 = .max, promised: MediaFormat = .cbr) throws {
        let file = try OpenFile(original)
        let output = try OpenFile()
        let reader = BookReader(descriptor: file.descriptor, promised: promised)
        converted = reader.convert(room: room, writingTo: output.descriptor)
        var compared: WorkReport.Outcome?
        if case .converted = converted { compared = reader.compare(with: output.descriptor) }
        self.compared = compared
        bytes = output.contents
    }

    /// By real workers.
    init(byWorkers file: borrowing OpenFile, promised: MediaFormat = .cbr) throws {
        let output = try OpenFile()
        let descriptors = [file.descriptor, output.descriptor]
        converted = try Self.answer(to: .conversion(room: .max), promised, descriptors)
        compared = try Self.answer(to: .comparison, promised, descriptors)
        bytes = output.contents
    }

    private static func answer(
        to task: WorkRequest.Task,
        _ promised: MediaFormat,
        _ descriptors: [Int32]
    ) throws -> WorkReport.Outcome {
        let worker = try ChildProcess("stump-worker")
        #expect(try WorkerProtocol.hello(in: worker.receive()).seccomp)
        try worker.send(WorkerProtocol.encode([WorkRequest(id: 1, task: task, promised: promised)]), descriptors)
        let outcome = try WorkerProtocol.report(in: worker.receive()).outcome
        #expect(worker.end() == 0)
        return outcome
    }

    /// Whether the conversion was proved, and the proof is of what was written.
    var isProved: Bool {
        guard case .converted(let written) = converted, case .compared(let found) = compared else { return false }
        return found.isResult(of: written) && written.bytes == bytes.count
    }

    var testDescription: String { "\(converted), \(compared.map { "\($0)" } ?? "not compared")" }

    var figures: ConversionFigures? {
        if case .compared(let figures) = compared { figures } else { nil }
    }

    /// Why there was none.
    var findings: [Finding] {
        switch converted {
        case .notConverted(let findings): findings
        case .notWritten(let finding): [finding]
        default: []
        }
    }

    /// What lies in the ZIP by its directory.
    func directory() throws -> ZipDirectory {
        let file = try OpenFile(bytes)
        return try ZipDirectory(try ByteSource(descriptor: file.descriptor))
    }

    /// Every entry unpacked.
    func contents() throws -> [(name: String, bytes: [UInt8])] {
        let file = try OpenFile(bytes)
        let reader = try EntryReader(try ByteSource(descriptor: file.descriptor), checksParts: true)
        return try reader.entries.map { ($0.shown, try reader.contents(of: $0, limit: 1 << 30)) }
    }

    /// What is found wrong where another ZIP is shown as the result of `original`.
    static func comparison(of original: [UInt8], with result: [UInt8]) throws -> WorkReport.Outcome {
        let file = try OpenFile(original)
        let zip = try OpenFile(result)
        return BookReader(descriptor: file.descriptor, promised: .cbr).compare(with: zip.descriptor)
    }
}
