// SPDX-License-Identifier: MIT
import CUnarr
import Glibc
import LibraryModel

/// Unpacks what RAR 2 to 4 packed with libunarr, which takes memory: the run is mapped.
///
/// The map is our own: where the run begins, the end of what lies before it is overwritten with the beginning of an
/// archive. So of a large book no more is mapped than the entries that are wanted, and libunarr meets none before them.
///
/// A file that is cut under the map ends the worker by a signal; the daemon finds it changed, and reads it again.
final class Rar4Unpacker: RarUnpacker {
    private let map: UnsafeMutableRawPointer
    private let length: Int
    private let stream: OpaquePointer
    private let archive: OpaquePointer

    /// What is to be added to an offset in the stream to have it in the book.
    private let base: Int
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    init(_ source: ByteSource, _ records: ArraySlice<RarDirectory.Record>, isSolid: Bool) throws(Finding) {
        guard let first = records.first(where: \.isPacked), let last = records.last(where: \.isPacked) else {
            preconditionFailure("a run of nothing")
        }
        let start = RarWalk.mark4 + Self.mainHeader(isSolid: isSolid)
        // An archive begins with as much, so no header lies before that.
        precondition(first.headerOffset >= start.count, "a header at \(first.headerOffset)")
        base = first.headerOffset - start.count
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let from = base / page * page
        length = last.data.upperBound - from
        guard let map = source.mapped(from: from, count: length) else {
            throw Finding(.tooLarge, "\(length) bytes have to be unpacked together, more than a worker has room for")
        }
        let beginning = map + (base - from)
        beginning.copyMemory(from: start, byteCount: start.count)
        for record in records where !record.isPacked && (base..<last.data.upperBound).contains(record.headerOffset) {
            Self.hide(
                UnsafeMutableRawBufferPointer(
                    start: beginning + (record.headerOffset - base),
                    count: record.data.lowerBound - record.headerOffset
                )
            )
        }
        guard let stream = ar_open_memory(beginning, last.data.upperBound - base) else {
            munmap(map, length)
            throw Canvas.outOfMemory
        }
        guard let archive = ar_open_rar_archive(stream) else {
            ar_close(stream)
            munmap(map, length)
            throw Canvas.outOfMemory
        }
        (self.map, self.stream, self.archive) = (map, stream, archive)
    }

    /// libunarr finds the next entry by its header, whatever became of the last.
    var isUsable: Bool { true }

    deinit {
        ar_close_archive(archive)
        ar_close(stream)
        munmap(map, length)
    }

    func unpack(
        _ record: RarDirectory.Record,
        named name: String,
        take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Finding) {
        // It passes over what is no file by itself.
        repeat {
            guard ar_parse_entry(archive) else { throw Finding(.archiveCorrupt, "\(name): its header is damaged") }
        } while Int(ar_entry_get_offset(archive)) + base < record.headerOffset
        guard Int(ar_entry_get_offset(archive)) + base == record.headerOffset,
            ar_entry_get_size(archive) == record.size
        else { throw Finding(.archiveCorrupt, "\(name): is not where the archive says") }
        var rest = record.size
        while rest > 0 {
            let count = min(rest, buffer.count)
            // The last piece is refused where the checksum is another.
            guard ar_entry_uncompress(archive, &buffer, count) else {
                throw Finding(.archiveCorrupt, "\(name): its packed bytes are damaged")
            }
            rest -= count
            guard buffer.withUnsafeBytes({ take(UnsafeRawBufferPointer(rebasing: $0[..<count])) }) else { return }
        }
    }

    /// Makes a header one of a kind that is passed over.
    ///
    /// After a file that is empty or stored libunarr has lost its place in what is packed as one.
    private static func hide(_ header: UnsafeMutableRawBufferPointer) {
        header[2] = 0x7A
        var checksum = CRC32()
        checksum.add(UnsafeRawBufferPointer(rebasing: header[2...]))
        header.storeBytes(of: UInt16(truncatingIfNeeded: checksum.value).littleEndian, as: UInt16.self)
    }

    private static func mainHeader(isSolid: Bool) -> [UInt8] {
        let body: [UInt8] = [0x73, isSolid ? 8 : 0, 0, 13, 0, 0, 0, 0, 0, 0, 0]
        var header: [UInt8] = []
        header.append(littleEndian: UInt16(truncatingIfNeeded: CRC32.value(of: body[...])))
        return header + body
    }
}
