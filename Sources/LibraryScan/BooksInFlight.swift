// SPDX-License-Identifier: MIT
import Glibc
package import LibraryModel
package import SystemPackage

/// The books that workers have in hand, in a small file that outlives the daemon.
///
/// A book that takes the whole daemon with it, by the memory it eats or a fault of the kernel's, would do so at every
/// start; who starts next learns here what was being read. Each thread of the pool has a slot of its own. A slot is
/// written with one call and never flushed: the kernel keeps it when the process is killed, however hard, and loses it
/// in a power cut, of which no book is guilty. It is written, not mapped, since a store into a mapped file kills the
/// process where the disk is full.
package final class BooksInFlight: Sendable {
    /// What the process before this one had in hand when it ended; empty after an orderly end.
    package let left: [BookInFlight]

    private let file: FileDescriptor
    private let slots: Int

    /// The longest path that is noted, in bytes; a book with a longer one is not.
    private static let pathLimit = 4096

    /// A slot: 8 bytes of checksum, 8 of job, 4 and 4 of lengths, the library's name, the path.
    private static let headLength = 24
    private static let slotLength = 4352
    private static let slotLimit = 1024

    /// Takes out what is left in a file, and starts it anew.
    ///
    /// Whatever the file holds, it is no reason to fail: what is no slot written whole is passed over.
    ///
    /// - Parameters:
    ///   - path: made where it is not there; only one process may have it.
    ///   - slots: as many as the pool has threads, 1 to 1,024.
    /// - Throws: ``InFlightFault`` where the file cannot be read or written.
    package init(opening path: FilePath, slots: Int) throws(InFlightFault) {
        precondition((1...Self.slotLimit).contains(slots), "\(slots) slots")
        self.slots = slots
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .closeOnExec, .noFollow],
                permissions: .ownerReadWrite
            )
        } catch {
            throw .unusable(path, error as? Errno ?? .ioError)
        }
        do {
            left = Self.entries(in: try Self.contents(of: file))
            try file.resize(to: 0)
            self.file = file
        } catch {
            try? file.close()
            throw .unusable(path, error as? Errno ?? .ioError)
        }
    }

    deinit {
        try? file.close()
    }

    /// Notes the book that a slot's worker has in hand from now on; `nil` for none.
    ///
    /// A failure is passed over: a full disk is told elsewhere, and no book waits for this note.
    func note(_ book: BookInFlight?, in slot: Int) {
        precondition((0..<slots).contains(slot), "slot \(slot) of \(slots)")
        let bytes = book.flatMap(Self.encode) ?? [UInt8](repeating: 0, count: 8)
        _ = try? bytes.withUnsafeBytes { try file.write(toAbsoluteOffset: Int64(slot * Self.slotLength), $0) }
    }

    private static func contents(of file: FileDescriptor) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: slotLength * slotLimit)
        var count = 0
        while count < bytes.count {
            let part = try bytes.withUnsafeMutableBytes { buffer in
                try file.read(
                    fromAbsoluteOffset: Int64(count),
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                )
            }
            if part == 0 { break }
            count += part
        }
        return Array(bytes[..<count])
    }

    private static func entries(in bytes: [UInt8]) -> [BookInFlight] {
        stride(from: 0, to: bytes.count, by: slotLength).compactMap { start in
            decode(bytes[start..<min(start + slotLength, bytes.count)])
        }
    }

    private static func encode(_ book: BookInFlight) -> [UInt8]? {
        let (name, path) = (Array(book.library.text.utf8), book.path.bytes)
        guard path.count <= pathLimit else { return nil }
        var body: [UInt8] = []
        withUnsafeBytes(of: book.job.littleEndian) { body.append(contentsOf: $0) }
        for length in [name.count, path.count] {
            withUnsafeBytes(of: UInt32(length).littleEndian) { body.append(contentsOf: $0) }
        }
        body += name + path
        return withUnsafeBytes(of: checksum(body[...]).littleEndian) { Array($0) } + body
    }

    /// The book in a slot; `nil` where there is none, or one that was not written whole.
    private static func decode(_ slot: ArraySlice<UInt8>) -> BookInFlight? {
        guard slot.count >= headLength else { return nil }
        func number(_ offset: Int, _ width: Int) -> UInt64 {
            slot.dropFirst(offset).prefix(width).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let (nameLength, pathLength) = (Int(number(16, 4)), Int(number(20, 4)))
        let length = headLength + nameLength + pathLength
        guard pathLength <= pathLimit, length <= slot.count,
            number(0, 8) == checksum(slot.dropFirst(8).prefix(length - 8))
        else { return nil }
        let name = slot.dropFirst(headLength).prefix(nameLength)
        guard let library = LibraryName(String(decoding: name, as: UTF8.self)) else { return nil }
        let path = FilePath(bytes: Array(slot.dropFirst(headLength + nameLength).prefix(pathLength)))
        return BookInFlight(job: Int64(bitPattern: number(8, 8)), library: library, path: path)
    }

    /// FNV-1a of 64 bits, which is never 0 here, for that marks an empty slot.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        let sum = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return max(1, sum)
    }
}

/// A book that a worker has in hand, and for which job.
package struct BookInFlight: Hashable, Sendable {
    package var job: Int64
    package var library: LibraryName

    /// Below the library's root.
    package var path: FilePath

    package init(job: Int64, library: LibraryName, path: FilePath) {
        self.job = job
        self.library = library
        self.path = path
    }
}

/// Why it cannot be noted which books are in hand.
package enum InFlightFault: Fault, Equatable {
    case unusable(FilePath, Errno)

    package var code: String { "in_flight_unusable" }

    package var summary: String {
        switch self {
        case .unusable(let path, let code): "the books in hand cannot be noted in \(path): \(code)"
        }
    }

    package var remedy: String? {
        switch self {
        case .unusable(let path, _): "Remove \(path), and give stumpd's user write access to its directory."
        }
    }
}
