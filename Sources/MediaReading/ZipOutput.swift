// SPDX-License-Identifier: MIT
import CArchive
import Glibc
import LibraryModel

/// Writes a ZIP into an open file through libarchive, forward only, and remembers what it wrote.
///
/// Names are declared to be UTF-8 where they are more than ASCII, which takes a locale of UTF-8. Sizes that need ZIP64
/// have it.
final class ZipOutput {
    /// Why the file could not be written, where that is so; the thrown finding then says the same.
    private(set) var failure: Finding?

    /// How many bytes were written.
    private(set) var written: Int64 = 0

    private var isClosed = false
    private let archive: OpaquePointer
    private let descriptor: Int32
    private var hash = FileHash.Whole()

    /// Bytes handed to the file at once.
    private static let blockLength: Int32 = 256 << 10

    /// Writes from where the descriptor stands, which is the beginning of an empty file.
    init(descriptor: Int32) throws(Finding) {
        guard let archive = archive_write_new() else { throw Canvas.outOfMemory }
        (self.archive, self.descriptor) = (archive, descriptor)
        let steps = [
            archive_write_set_format_zip(archive),
            archive_write_set_format_option(archive, "zip", "hdrcharset", "UTF-8"),
            archive_write_set_bytes_per_block(archive, Self.blockLength),
            // Nothing is filled up at the end.
            archive_write_set_bytes_in_last_block(archive, 1),
            open(archive),
        ]
        guard steps.allSatisfy({ $0 == ARCHIVE_OK }) else { throw reason() }
    }

    deinit {
        // What is not closed by now is not written any further.
        if !isClosed { archive_write_fail(archive) }
        archive_write_free(archive)
    }

    private func open(_ archive: OpaquePointer) -> Int32 {
        let context = Unmanaged.passUnretained(self).toOpaque()
        return archive_write_open(
            archive,
            context,
            nil,
            { _, context, bytes, count in
                guard let context, let bytes else { return -1 }
                let output = Unmanaged<ZipOutput>.fromOpaque(context).takeUnretainedValue()
                return output.write(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : -1
            },
            nil
        )
    }

    /// Writes all of a block, however often the kernel has to be asked.
    private func write(_ block: UnsafeRawBufferPointer) -> Bool {
        var rest = block[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.write(descriptor, piece.baseAddress, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = count < 0 ? errno : ENOSPC
                failure = Finding(.conversionFailed, "writing failed: \(String(cString: strerror(code)))")
                return false
            }
            rest = rest.dropFirst(count)
        }
        hash.add(block)
        written += Int64(block.count)
        return true
    }

    /// Begins an entry; the one before it is ended.
    func begin(_ item: ConversionPlan.Item) throws(Finding) {
        guard let header = archive_entry_new() else { throw Canvas.outOfMemory }
        defer { archive_entry_free(header) }
        let entry = item.entry
        // No name has a NUL in it.
        (entry.name + [0]).withUnsafeBufferPointer { name in
            name.withMemoryRebound(to: CChar.self) { archive_entry_set_pathname(header, $0.baseAddress) }
        }
        archive_entry_set_filetype(header, entry.isDirectory ? 0o040000 : 0o100000)
        archive_entry_set_perm(header, entry.isDirectory ? 0o755 : 0o644)
        archive_entry_set_size(header, Int64(entry.size))
        archive_entry_set_mtime(header, time_t(item.modified), 0)
        let method =
            item.isStored
            ? archive_write_zip_set_compression_store(archive) : archive_write_zip_set_compression_deflate(archive)
        guard method == ARCHIVE_OK, archive_write_header(archive, header) == ARCHIVE_OK else { throw reason() }
    }

    /// Writes a piece of the entry that was begun last.
    func write(_ piece: UnsafeRawBufferPointer) throws(Finding) {
        guard archive_write_data(archive, piece.baseAddress, piece.count) == piece.count else { throw reason() }
    }

    /// Writes directory and end, and answers the hash of all that was written.
    func close() throws(Finding) -> [UInt8] {
        guard archive_write_close(archive) == ARCHIVE_OK else { throw reason() }
        isClosed = true
        return hash.finish()
    }

    private func reason() -> Finding {
        if let failure { return failure }
        let words = archive_error_string(archive).map { String(sentence: $0) } ?? "unknown reason"
        return Finding(.conversionFailed, "the ZIP could not be made: \(words)")
    }
}
